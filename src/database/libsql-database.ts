import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

import type { QueryResult } from 'kysely';
import Libsql from 'libsql';

import { isBusy, whenFree } from './when-free.js';

/** How long a statement waits for another process that writes to the same file, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

const SETTINGS = `
  pragma busy_timeout = ${BUSY_TIMEOUT_MS};
  pragma synchronous = full;
  pragma foreign_keys = on;
`;

/** How many prepared statements are kept; the one that was not used for the longest time gives way. */
const MAX_STATEMENTS = 500;

/**
 * A SQLite file. Every acknowledged commit is on the disk, and a transaction takes the write lock at its start: one that
 * took it later would fail at its first write when another process had written in between.
 */
export class LibsqlDatabase {
  private connection: Libsql.Database;
  private readonly statements = new Map<string, Libsql.Statement>();

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

  /** Whether SQLite has a transaction open. */
  get inTransaction(): boolean {
    return this.connection.inTransaction;
  }

  /** Runs a statement that has neither parameters nor rows. */
  exec(text: string): void {
    this.connection.exec(text);
  }

  /** Runs a statement and reads all of its rows. */
  execute<Row>(text: string, parameters: readonly unknown[]): QueryResult<Row> {
    return this.unlessBusy(() => {
      const statement = this.prepared(text);
      if (statement.reader) return { rows: statement.all(parameters) as Row[] };
      const { changes } = statement.run(parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    });
  }

  close(): void {
    this.connection.close();
  }

  private prepared(text: string): Libsql.Statement {
    const statement = this.statements.get(text) ?? this.connection.prepare(text);
    this.statements.delete(text);
    this.statements.set(text, statement);
    if (this.statements.size > MAX_STATEMENTS) this.statements.delete(this.statements.keys().next().value ?? '');
    return statement;
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
    this.statements.clear();
    this.connection.close();
    this.connection = new Libsql(this.file);
    this.connection.exec(SETTINGS);
  }
}

/** SQLite gives its `-wal` and `-shm` files the mode of the database file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
