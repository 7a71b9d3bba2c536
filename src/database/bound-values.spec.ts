import { CompiledQuery, sql } from 'kysely';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Database } from './database.js';

const LARGEST = 9_223_372_036_854_775_807n;

describeOnEachDatabase('a value bound to a query', (open) => {
  let database: Database<unknown>;

  beforeAll(async () => {
    database = await open();
    await sql`create table written (label text, whole bigint, part real, bytes ${bytes()})`.execute(database.kysely);
  });

  const bytes = () => sql.raw(open.dialect === 'sqlite' ? 'blob' : 'bytea');

  /** Writes `value` into an empty table and reads it back as text, which shows exactly what was stored. */
  const stored = async (column: string, value: unknown): Promise<unknown> => {
    await sql`delete from written`.execute(database.kysely);
    await sql`insert into written (${sql.ref(column)}) values (${value})`.execute(database.kysely);
    const { rows } = await sql<{ text: string }>`select cast(${sql.ref(column)} as text) as text from written`.execute(
      database.kysely,
    );
    return rows[0]?.text;
  };

  it.each([
    { kind: 'a string', column: 'label', value: "O'Brien; größer", text: "O'Brien; größer" },
    { kind: 'an empty string', column: 'label', value: '', text: '' },
    { kind: 'a whole number', column: 'whole', value: 1_772_366_400_000, text: '1772366400000' },
    { kind: 'a negative number', column: 'whole', value: -7, text: '-7' },
    { kind: 'a whole number in a text column', column: 'label', value: 1, text: '1' },
    { kind: 'a fraction', column: 'part', value: 0.5, text: '0.5' },
    { kind: 'a bigint', column: 'whole', value: LARGEST, text: LARGEST.toString() },
    { kind: 'true', column: 'whole', value: true, text: '1' },
    { kind: 'false', column: 'whole', value: false, text: '0' },
    { kind: 'null', column: 'label', value: null, text: null },
  ])('is stored alike when it is $kind', async ({ column, value, text }) => {
    await expect(stored(column, value)).resolves.toBe(text);
  });

  it('is stored byte for byte when it is a Buffer', async () => {
    const written = Buffer.from([0, 1, 254, 255]);
    await sql`delete from written`.execute(database.kysely);
    await sql`insert into written (bytes) values (${written})`.execute(database.kysely);
    const { rows } = await sql<{ bytes: ArrayBuffer | Buffer }>`select bytes from written`.execute(database.kysely);
    expect(Buffer.from((rows[0]?.bytes ?? []) as Buffer)).toEqual(written);
  });

  it.each([
    { value: undefined, kind: 'undefined' },
    { value: new Date(0), kind: 'an object of class Date' },
    { value: { secret: 'swordfish' }, kind: 'an object of class Object' },
    { value: ['swordfish'], kind: 'an object of class Array' },
    { value: new Uint8Array(1), kind: 'an object of class Uint8Array' },
    { value: Symbol('swordfish'), kind: 'symbol' },
    { value: Number.NaN, kind: 'not a finite number' },
    { value: -Infinity, kind: 'not a finite number' },
  ])('is refused before the driver sees it when it is $kind, and is not shown', async ({ value, kind }) => {
    const query = sql`select ${1}, ${value}`.execute(database.kysely);
    await expect(query).rejects.toThrow(new TypeError(`Parameter 2 of a query cannot be bound: it is ${kind}.`));
  });

  it('is checked in raw and in compiled queries too, within transactions as well', async () => {
    const raw = CompiledQuery.raw('select 1', [new Date(0)]);
    await expect(database.kysely.executeQuery(raw)).rejects.toThrow('of class Date');
    await database.transaction(async (transaction) => {
      await expect(transaction.executeQuery(raw)).rejects.toThrow('of class Date');
    });
  });
});
