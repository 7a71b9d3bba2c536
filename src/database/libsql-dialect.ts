import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely';
import Libsql from 'libsql';

import { checkBoundValues } from './bound-values.js';
import { whenFree } from './when-free.js';

/** How long a statement waits for another process that writes to the same file, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

/** SQLite by `libsql`: every acknowledged commit is on the disk, and transactions take the write lock at their start. */
export class LibsqlDialect extends SqliteDialect {
  private readonly settings: SqliteDialectConfig;

  constructor(file: string) {
    const settings = { database: () => connect(file), onCreateConnection: checkBoundValues };
    super(settings);
    this.settings = settings;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.settings);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

/**
 * Begins transactions with the write lock in hand: a deferred one that read first fails at its first write, without
 * waiting, when another process wrote in between.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Lets Kysely run all migrations in one transaction, which is then the lock and leaves nothing behind on failure. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

async function connect(file: string): Promise<Libsql.Database> {
  if (file !== ':memory:') createPrivately(file);
  const connection = new Libsql(file);
  try {
    // Two processes that switch a new file to WAL at once are told "busy" at once, whatever the timeout.
    await whenFree(() => connection.pragma('journal_mode = wal'));
    connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    connection.pragma('synchronous = full');
    connection.pragma('foreign_keys = on');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** SQLite gives its `-wal` and `-shm` files the mode of the database file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
