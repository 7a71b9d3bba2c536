import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely';

import type { Database } from './database.js';
import { BUSY_TIMEOUT_MS } from './libsql-database.js';
import { whenFree } from './when-free.js';

/** Raised when the tables cannot be brought up to date; names the migration, and has the database's error as `cause`. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Applies, in the order of their names, the migrations that the database has not seen. All of them run in one transaction
 * under a lock: of several processes that start at once each waits for the first, and none applies a migration again.
 *
 * @returns the names of the migrations applied now
 * @throws MigrationError when one fails (then the database is as it was), or when the history does not fit `migrations`
 */
export async function migrateToLatest<Tables>(
  database: Database<Tables>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const { kysely, dialect, schema } = database;
  const provider: MigrationProvider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  if (dialect === 'sqlite') return holdingTheFile(kysely, (db) => apply(new Migrator({ db, provider })));
  return apply(new Migrator({ db: kysely, provider, migrationTableSchema: schema }));
}

/**
 * On SQLite a transaction is the lock, as it begins by taking the write lock of the file. (On PostgreSQL Kysely itself takes
 * an advisory lock and opens the transaction.)
 */
function holdingTheFile<Tables, Result>(
  kysely: Kysely<Tables>,
  work: (connection: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return kysely.connection().execute(async (connection) => {
    await takeTheFile(connection);
    try {
      const result = await work(connection);
      await sql`commit`.execute(connection);
      return result;
    } catch (error) {
      // A full disk, for one, has ended the transaction already; what counts is the first error.
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

/** The holder may be in this very process, which then must not stand still until it lets go. */
async function takeTheFile<Tables>(connection: Kysely<Tables>): Promise<void> {
  await sql`pragma busy_timeout = 0`.execute(connection);
  try {
    await whenFree(() => sql`begin`.execute(connection));
  } finally {
    await sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(connection);
  }
}

async function apply(migrator: Migrator): Promise<readonly string[]> {
  const { error: cause, results = [] } = await migrator.migrateToLatest();
  if (cause === undefined) return results.map(({ migrationName }) => migrationName);
  const failed = results.find(({ status }) => status === 'Error');
  throw new MigrationError(
    failed === undefined ? 'The migrations cannot be applied.' : `The migration ${failed.migrationName} failed.`,
    { cause },
  );
}
