import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Logger } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import Libsql from 'libsql';

import {
  createDatabaseHome,
  databaseOptionsFor,
  deleteDatabase,
  describeOnEachDatabase,
} from '../../test/support/databases.js';
import { openDatabase } from './database.js';

interface Tables {
  beat: { at: number; label: string };
}

const createBeat = (kysely: Kysely<Tables>): Promise<void> =>
  kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();

describeOnEachDatabase('a database', (open) => {
  it('answers a ping while it is open, and refuses one once it was closed, even twice', async () => {
    const database = await open();
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    await database.close();
    await expect(database.ping()).rejects.toThrow('destroyed');
  });

  it('keeps what was written when it is closed and opened again', async () => {
    const options = databaseOptionsFor(open.dialect, 'kept');
    const before = await openDatabase<Tables>(options);
    await createBeat(before.kysely);
    await before.kysely.insertInto('beat').values({ at: 1, label: 'kept' }).execute();
    await before.close();
    const after = await openDatabase<Tables>(options);
    await expect(after.kysely.selectFrom('beat').selectAll().execute()).resolves.toEqual([{ at: 1, label: 'kept' }]);
    await after.close();
    await deleteDatabase(options);
  });

  it('reads bigint columns, and counts, sums and means of them, as numbers', async () => {
    const { kysely } = await open<Tables>();
    await createBeat(kysely);
    const at = Date.parse('2026-03-01T12:00:00.001Z');
    await kysely
      .insertInto('beat')
      .values([
        { at, label: 'a' },
        { at: at + 1, label: 'b' },
      ])
      .execute();
    const figures = await kysely
      .selectFrom('beat')
      .select(({ fn }) => [fn.max('at').as('last'), fn.countAll().as('count'), fn.sum('at').as('sum')])
      .select(({ fn }) => fn.avg('at').as('mean'))
      .executeTakeFirstOrThrow();
    expect(figures).toEqual({ last: at + 1, count: 2, sum: 2 * at + 1, mean: at + 0.5 });
  });

  it('takes back a transaction that fails', async () => {
    const database = await open<Tables>();
    const { kysely } = database;
    await createBeat(kysely);
    const failing = database.transaction(async (transaction) => {
      await transaction.insertInto('beat').values({ at: 1, label: 'gone' }).execute();
      throw new Error('changed our mind');
    });
    await expect(failing).rejects.toThrow('changed our mind');
    await expect(kysely.selectFrom('beat').selectAll().execute()).resolves.toEqual([]);
  });

  it('is opened by many connections at once where nothing was before', async () => {
    const options = databaseOptionsFor(open.dialect, 'crowd');
    const databases = await Promise.all(Array.from({ length: 8 }, () => openDatabase(options)));
    await expect(Promise.all(databases.map((database) => database.ping()))).resolves.toHaveLength(8);
    await Promise.all(databases.map((database) => database.close()));
    await deleteDatabase(options);
  });

  it('does not stream rows', async () => {
    const { kysely } = await open<Tables>();
    await createBeat(kysely);
    await expect(kysely.selectFrom('beat').selectAll().stream().next()).rejects.toThrow(/not streamed|cursor/);
  });

  it('keeps the tables of two processes apart that share one address and directory', async () => {
    const home = await createDatabaseHome(open.dialect);
    const server = await openDatabase<Tables>(home.optionsFor('resource_server'));
    const client = await openDatabase<Tables>(home.optionsFor('client'));
    await createBeat(server.kysely);
    await expect(client.kysely.selectFrom('beat').selectAll().execute()).rejects.toThrow(/beat/);
    await server.close();
    await client.close();
  });
});

describe('a SQLite database', () => {
  const place = () => databaseOptionsFor('sqlite', 'file');

  it('gets its missing directory and its file for the owner alone', async () => {
    const { file, schema } = place();
    const database = await openDatabase({ file, schema });
    await sql`create table beat (at bigint)`.execute(database.kysely);
    const modes = readdirSync(dirname(file)).map((name) => statSync(join(dirname(file), name)).mode & 0o777);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    await database.close();
  });

  it.each([
    { pragma: 'journal_mode', value: 'wal' },
    // Whether a commit is on the disk is our business, the order in which things get there SQLite's.
    { pragma: 'synchronous', value: 1 },
    { pragma: 'wal_autocheckpoint', value: 16_000 },
    { pragma: 'cache_size', value: -65_536 },
    // In memory: no statement's notes for going back are written to a file of their own.
    { pragma: 'temp_store', value: 2 },
    { pragma: 'foreign_keys', value: 1 },
    { pragma: 'busy_timeout', value: 5_000 },
  ])('runs with $pragma = $value', async ({ pragma, value }) => {
    const database = await openDatabase(place());
    const { rows } = await sql<object>`pragma ${sql.raw(pragma)}`.execute(database.kysely);
    expect(rows.flatMap((row) => Object.values(row) as unknown[])).toEqual([value]);
    await database.close();
  });

  it('reads each column by its name, also after another process has migrated the file', async () => {
    const options = place();
    const [one, other] = [await openDatabase<Tables>(options), await openDatabase<Tables>(options)];
    await createBeat(one.kysely);
    await one.kysely.insertInto('beat').values({ at: 1, label: 'first' }).execute();
    const all = () => one.kysely.selectFrom('beat').selectAll().execute();
    const named = () => one.kysely.selectFrom('beat').select(['label', 'at as second']).execute();
    await expect(all()).resolves.toEqual([{ at: 1, label: 'first' }]);
    await expect(named()).resolves.toEqual([{ second: 1, label: 'first' }]);
    await sql`alter table beat add column sensor text default 'belt'`.execute(other.kysely);
    await sql`alter table beat rename column at to second`.execute(other.kysely);
    await sql`alter table beat rename column label to at`.execute(other.kysely);
    await sql`alter table beat rename column second to label`.execute(other.kysely);
    await expect(all()).resolves.toEqual([{ label: 1, at: 'first', sensor: 'belt' }]);
    await expect(named()).resolves.toEqual([{ label: 1, second: 'first' }]);
    await Promise.all([one.close(), other.close()]);
  });

  it('lets a transaction that reads first write afterwards, though another connection wants to write as well', async () => {
    const options = place();
    const [one, other] = [await openDatabase<Tables>(options), await openDatabase<Tables>(options)];
    await createBeat(one.kysely);
    await sql`pragma busy_timeout = 0`.execute(other.kysely);
    const beat = { at: 1, label: 'read, then written' };
    await one.transaction(async (transaction) => {
      await transaction.selectFrom('beat').selectAll().execute();
      await expect(other.kysely.insertInto('beat').values(beat).execute()).rejects.toThrow('locked');
      await transaction.insertInto('beat').values(beat).execute();
    });
    await expect(other.kysely.selectFrom('beat').selectAll().execute()).resolves.toEqual([beat]);
    await Promise.all([one.close(), other.close()]);
  });

  it('recovers from a write that found the file busy for too long', async () => {
    const options = place();
    const database = await openDatabase<Tables>(options);
    await createBeat(database.kysely);
    await sql`pragma busy_timeout = 0`.execute(database.kysely);
    const other = new Libsql(options.file);
    other.exec("begin immediate; insert into beat values (1, 'theirs')");
    const write = (kysely: Kysely<Tables>) => kysely.insertInto('beat').values({ at: 2, label: 'ours' }).execute();
    await expect(write(database.kysely)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    other.exec('commit');
    other.close();
    await database.transaction((transaction) => write(transaction));
    await expect(database.kysely.selectFrom('beat').select('label').execute()).resolves.toEqual([
      { label: 'theirs' },
      { label: 'ours' },
    ]);
    const { rows } = await sql`pragma foreign_keys`.execute(database.kysely);
    expect(rows).toEqual([{ foreign_keys: 1 }]);
    await database.close();
  });

  it('is opened as soon as another connection lets go of the new file', async () => {
    const options = place();
    mkdirSync(dirname(options.file));
    const other = new Libsql(options.file);
    other.exec('begin exclusive');
    const opening = openDatabase(options);
    const early = await Promise.race([opening, new Promise((resolve) => setImmediate(resolve, 'still waiting'))]);
    other.exec('commit');
    expect(early).toBe('still waiting');
    const database = await opening;
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    other.close();
  });

  it('may live in memory, without a file', async () => {
    const database = await openDatabase({ file: ':memory:', schema: 'main' });
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    expect(existsSync(':memory:')).toBe(false);
  });

  it.each([
    { trouble: 'the path is a directory', at: (file: string) => dirname(file) },
    { trouble: 'the file is something else', at: () => import.meta.filename },
  ])('cannot be opened when $trouble, and the error names the file', async ({ at }) => {
    const { file, schema } = place();
    const database = await openDatabase({ file, schema });
    await database.close();
    await expect(openDatabase({ file: at(file), schema })).rejects.toThrow(
      `The SQLite database ${at(file)} cannot be opened.`,
    );
  });
});

describe('a PostgreSQL database', () => {
  const place = () => databaseOptionsFor('postgres', 'place');

  it.each(['Robert"; drop schema public; --', 'two words', 'back\\slash', 'größer, "mehr"', '$user'])(
    'keeps its tables in a schema of any name: %s',
    async (hint) => {
      const options = databaseOptionsFor('postgres', hint);
      const database = await openDatabase<Tables>(options);
      await createBeat(database.kysely);
      const { rows } = await sql<object>`select table_schema from information_schema.tables
        where table_name = 'beat' and table_schema = ${options.schema}`.execute(database.kysely);
      expect(rows).toEqual([{ table_schema: options.schema }]);
      await database.close();
      await deleteDatabase(options);
    },
  );

  it('keeps the options that its address carries', async () => {
    const { url = '', ...rest } = place();
    const options = { ...rest, url: `${url}?options=${encodeURIComponent('-c statement_timeout=4321')}` };
    const database = await openDatabase(options);
    const { rows } =
      await sql`select current_setting('statement_timeout') as timeout, current_schema() as schema`.execute(
        database.kysely,
      );
    expect(rows).toEqual([{ timeout: '4321ms', schema: options.schema }]);
    await database.close();
    await deleteDatabase(options);
  });

  it('goes on after the server ended its connection', async () => {
    const options = place();
    const [database, other] = [await openDatabase(options), await openDatabase(options)];
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.kysely);
    await sql`select pg_terminate_backend(${rows[0]?.pid}::integer, 5000)`.execute(other.kysely);
    await database.ping().catch(() => undefined); // this one may still get the broken connection
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all([database.close(), other.close()]);
    await deleteDatabase(options);
  });

  it('goes on after the server ended a connection between two statements of a transaction', async () => {
    const options = place();
    const [database, other] = [await openDatabase(options), await openDatabase(options)];
    const transaction = database.kysely.transaction().execute(async (within) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(within);
      await sql`select pg_terminate_backend(${rows[0]?.pid}::integer, 5000)`.execute(other.kysely);
      // The news of it arrives while nobody asks anything.
      await new Promise(setImmediate);
      await sql`select 1`.execute(within);
    });
    await expect(transaction).rejects.toThrow();
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all([database.close(), other.close()]);
    await deleteDatabase(options);
  });

  it('cannot be opened when nobody listens, and the error does not show the password', async () => {
    const options = { ...place(), url: 'postgres://postgres:swordfish@127.0.0.1:1/postgres' };
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    let nowMs = 0;
    const pause = (milliseconds: number) => Promise.resolve(void (nowMs += milliseconds));
    const refusal: unknown = await openDatabase(options, { nowMs: () => nowMs, pause }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({
      message: 'The PostgreSQL database cannot be opened.',
      cause: { code: 'ECONNREFUSED' },
    });
    expect(nowMs).toBe(30_000);
    expect(JSON.stringify([refusal, String((refusal as Error).cause)])).not.toContain('swordfish');
  });

  it.each([
    { trouble: 'the password is wrong', code: '28P01', change: (url: URL) => (url.password = 'swordfish') },
    { trouble: 'there is no such database', code: '3D000', change: (url: URL) => (url.pathname = '/nowhere') },
  ])('cannot be opened when $trouble, and nobody waits for that', async ({ code, change }) => {
    const { url = '', ...rest } = place();
    const wrong = new URL(url);
    change(wrong);
    const pause = jest.fn();
    const refusal: unknown = await openDatabase({ ...rest, url: wrong.href }, { nowMs: () => 0, pause }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ message: 'The PostgreSQL database cannot be opened.', cause: { code } });
    expect(pause).not.toHaveBeenCalled();
  });
});
