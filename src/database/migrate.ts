import { type Migration, type MigrationResultSet, Migrator, sql } from 'kysely';

import type { Database } from './database.js';
import { BUSY_TIMEOUT_MS } from './libsql-dialect.js';
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
  const migrator = new Migrator({
    db: database.kysely,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    ...(database.dialect === 'postgres' && { migrationTableSchema: database.schema }),
  });
  const apply = async () => appliedBy(await migrator.migrateToLatest());
  return database.dialect === 'postgres' ? apply() : waitingForTheFile(database, apply);
}

/** On SQLite the lock is the file's write lock; its holder may be in this process, which then must not stand still. */
async function waitingForTheFile<Tables, Result>(
  { kysely }: Database<Tables>,
  apply: () => Promise<Result>,
): Promise<Result> {
  await sql`pragma busy_timeout = 0`.execute(kysely);
  try {
    return await whenFree(apply);
  } finally {
    await sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(kysely);
  }
}

function appliedBy({ error: cause, results = [] }: MigrationResultSet): readonly string[] {
  if (cause === undefined) return results.map(({ migrationName }) => migrationName);
  const failed = results.find(({ status }) => status === 'Error');
  throw new MigrationError(
    failed === undefined ? 'The migrations cannot be applied.' : `The migration ${failed.migrationName} failed.`,
    { cause },
  );
}
