import { type Kysely, type Migration, sql } from 'kysely';

import { databaseOptionsFor, deleteDatabase, describeOnEachDatabase } from '../../test/support/databases.js';
import { type Database, type DatabaseOptions, openDatabase } from './database.js';
import { migrateToLatest } from './migrate.js';

interface Tables {
  beat: { at: number };
}

const createBeat: Migration = {
  up: (kysely) => kysely.schema.createTable('beat').addColumn('at', 'bigint').execute(),
};
const insertBeat = (at: number): Migration => ({
  up: async (kysely: Kysely<Tables>) => {
    await kysely.insertInto('beat').values({ at }).execute();
  },
});
const broken: Migration = {
  up: async (kysely: Kysely<Tables>) => {
    await kysely.insertInto('beat').values({ at: 2 }).execute();
    await kysely.schema.createTable('half_made').addColumn('at', 'bigint').execute();
    await sql`select nonsense`.execute(kysely);
  },
};

const beatsIn = async ({ kysely }: Database<Tables>): Promise<readonly number[]> =>
  (await kysely.selectFrom('beat').select('at').orderBy('at').execute()).map(({ at }) => at);

describeOnEachDatabase('migrateToLatest', (open) => {
  it('applies migrations in the order of their names, each once, and tells which', async () => {
    const database = await open<Tables>();
    const first = { '002_one': insertBeat(1), '001_beat': createBeat };
    await expect(migrateToLatest(database, first)).resolves.toEqual(['001_beat', '002_one']);
    await expect(migrateToLatest(database, first)).resolves.toEqual([]);
    await expect(migrateToLatest(database, { ...first, '003_two': insertBeat(2) })).resolves.toEqual(['003_two']);
    await expect(beatsIn(database)).resolves.toEqual([1, 2]);
  });

  it('leaves nothing behind when a migration fails, and names it', async () => {
    const database = await open<Tables>();
    const migrations = { '001_beat': createBeat, '002_one': insertBeat(1) };
    await expect(migrateToLatest(database, { ...migrations, '003_broken': broken })).rejects.toMatchObject({
      name: 'MigrationError',
      message: 'The migration 003_broken failed.',
      cause: { message: expect.stringContaining('nonsense') as string },
    });
    await expect(beatsIn(database)).rejects.toThrow(/beat/);
    await expect(sql`select * from half_made`.execute(database.kysely)).rejects.toThrow(/half_made/);
    await expect(migrateToLatest(database, migrations)).resolves.toEqual(['001_beat', '002_one']);
    await expect(beatsIn(database)).resolves.toEqual([1]);
  });

  it('refuses a database that has seen a migration we do not know', async () => {
    const database = await open<Tables>({ '001_beat': createBeat, '002_newer': insertBeat(1) });
    await expect(migrateToLatest(database, { '001_beat': createBeat })).rejects.toMatchObject({
      message: 'The migrations cannot be applied.',
      cause: { message: expect.stringContaining('002_newer') as string },
    });
  });

  it('lets several processes start at once: all succeed, and each migration is applied once', async () => {
    const options = databaseOptionsFor(open.dialect, 'boot');
    const databases = await openMany(options, 4);
    const migrations = { '001_beat': createBeat, '002_one': slowly(insertBeat(1)), '003_two': slowly(insertBeat(2)) };
    const applied = await Promise.all(databases.map((database) => migrateToLatest(database, migrations)));
    expect(applied.flat().sort()).toEqual(['001_beat', '002_one', '003_two']);
    for (const database of databases) await expect(beatsIn(database)).resolves.toEqual([1, 2]);
    await Promise.all(databases.map((database) => database.close()));
    await deleteDatabase(options);
  });

  it('lets the next process finish what failed in the one before, while both start at once', async () => {
    const options = databaseOptionsFor(open.dialect, 'boot');
    const [one, other] = [await openDatabase<Tables>(options), await openDatabase<Tables>(options)];
    const starts = await Promise.allSettled([
      migrateToLatest(one, { '001_beat': slowly(createBeat), '002_next': broken }),
      migrateToLatest(other, { '001_beat': slowly(createBeat), '002_next': insertBeat(3) }),
    ]);
    expect(starts.map(({ status }) => status)).toContain('fulfilled');
    await expect(beatsIn(one)).resolves.toEqual([3]);
    await Promise.all([one.close(), other.close()]);
    await deleteDatabase(options);
  });
});

describe('migrateToLatest on SQLite', () => {
  it('leaves the time that statements wait for other writers as it was', async () => {
    const database = await openDatabase<Tables>({ file: ':memory:', schema: 'main' });
    await migrateToLatest(database, { '001_beat': createBeat });
    const { rows } = await sql`pragma busy_timeout`.execute(database.kysely);
    expect(rows).toEqual([{ timeout: 5_000 }]);
    await database.close();
  });
});

const openMany = (options: DatabaseOptions, count: number): Promise<Database<Tables>[]> =>
  Promise.all(Array.from({ length: count }, () => openDatabase<Tables>(options)));

/** Gives the other processes their turn in the midst of a migration. */
const slowly = (migration: Migration): Migration => ({
  up: async (kysely: Kysely<Tables>) => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    await migration.up(kysely);
  },
});
