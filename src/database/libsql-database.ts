import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';

import { isBusy, whenFree } from './when-free.js';

/** How long a statement waits for another process that writes to the same file, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

const SETTINGS = `
  pragma busy_timeout = ${BUSY_TIMEOUT_MS};
  pragma synchronous = full;
  pragma foreign_keys = on;
`;

/**
 * A SQLite file as Kysely wants it. Every acknowledged commit is on the disk, and a transaction takes the write lock at
 * its start: one that took it later would fail at its first write when another process had written in between.
 */
export class LibsqlDatabase implements SqliteDatabase {
  private connection: Libsql.Database;

  private constructor(private readonly file: string) {
    this.connection = new Libsql(file);
  }

  /** Opens the file; makes it, for its owner alone, when it is not there. */
  static async open(file: string): Promise<LibsqlDatabase> {
    if (file !== ':memory:') createPrivately(file);
    const database = new LibsqlDatabase(file);
    try {
      // Of processes that switch a new file to WAL together all but one are told "busy" at once, whatever the timeout.
      await whenFree(() => database.connection.exec('pragma journal_mode = wal'));
      database.connection.exec(SETTINGS);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  prepare(text: string): SqliteStatement {
    if (text === 'begin') return this.beginImmediate();
    const statement = this.connection.prepare(text);
    return {
      reader: statement.reader,
      all: (parameters) => this.unlessBusy(() => statement.all(parameters)),
      run: (parameters) => this.unlessBusy(() => statement.run(parameters)),
      iterate: refuseToStream,
    };
  }

  close(): void {
    this.connection.close();
  }

  private beginImmediate(): SqliteStatement {
    const run = () => {
      this.connection.exec('begin immediate');
      return { changes: 0, lastInsertRowid: 0 };
    };
    return { reader: false, run, all: refuseToStream, iterate: refuseToStream };
  }

  /**
   * libsql never resets a prepared statement that found the file busy. It would hold the connection to the state of that
   * moment, so that every later write failed, and therefore goes away together with its connection.
   */
  private unlessBusy<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      if (isBusy(error) && !this.connection.inTransaction) this.reconnect();
      throw error;
    }
  }

  private reconnect(): void {
    this.connection.close();
    this.connection = new Libsql(this.file);
    this.connection.exec(SETTINGS);
  }
}

/** A stream that is left early would block every later commit, and on PostgreSQL there is none. */
function refuseToStream(): never {
  throw new Error('Rows are not streamed: read them in pages.');
}

/** SQLite gives its `-wal` and `-shm` files the mode of the database file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
