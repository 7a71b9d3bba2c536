import { existsSync } from 'node:fs';

import { type Kysely, sql } from 'kysely';

import type { Database } from '../../src/database/database.js';
import { databaseOptionsFor, describeOnEachDatabase } from './databases.js';

interface Tables {
  beat: { at: number };
}

const migrations = {
  '001_beat': {
    up: (kysely: Kysely<Tables>) => kysely.schema.createTable('beat').addColumn('at', 'bigint').execute(),
  },
};

describeOnEachDatabase('describeOnEachDatabase', (open) => {
  let ofBlock: Database<Tables>;
  let placeBefore: string;

  /** The file or the schema of a database. */
  const placeOf = async ({ kysely }: Database<Tables>): Promise<string> => {
    const query =
      open.dialect === 'sqlite'
        ? sql<{ place: string }>`select file as place from pragma_database_list`
        : sql<{ place: string }>`select current_schema() as place`;
    return (await query.execute(kysely)).rows[0]?.place ?? '';
  };

  const exists = async (place: string): Promise<boolean> => {
    if (open.dialect === 'sqlite') return existsSync(place);
    const { rows } = await sql`select 1 from pg_namespace where nspname = ${place}`.execute(ofBlock.kysely);
    return rows.length > 0;
  };

  beforeAll(async () => {
    ofBlock = await open<Tables>(migrations);
  });

  it('gives a test a new database with the migrations it asks for', async () => {
    const database = await open<Tables>(migrations);
    await expect(database.kysely.selectFrom('beat').selectAll().execute()).resolves.toEqual([]);
    placeBefore = await placeOf(database);
    await expect(exists(placeBefore)).resolves.toBe(true);
  });

  it('has closed and deleted it in the next test, and kept the one of the whole block', async () => {
    await expect(exists(placeBefore)).resolves.toBe(false);
    await expect(exists(await placeOf(ofBlock))).resolves.toBe(true);
    await expect(ofBlock.ping()).resolves.toBeUndefined();
  });

  it('is told that the test run has no database server, when that is so', () => {
    const url = process.env['TEST_POSTGRES_URL'];
    delete process.env['TEST_POSTGRES_URL'];
    try {
      expect(() => databaseOptionsFor('postgres', 'none')).toThrow('TEST_POSTGRES_URL is not set');
    } finally {
      process.env['TEST_POSTGRES_URL'] = url;
    }
  });
});
