import { closeSync, mkdirSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { QueryResult } from 'kysely';
import Libsql from 'libsql';

import { Recent } from '../common/recent.js';
import { isBusy, whenFree } from './when-free.js';

/** How long a statement waits for another process that writes to the same file, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

/**
 * How long the write-ahead log grows before it is copied into the file, in pages of 4 kB. Copying stops everything until the
 * disk has it twice; a page that is written over and over is copied once.
 */
const LOG_PAGES = 16_000;

/**
 * Memory for pages, in kB: SQLite's own 2 MB are read and written again and again as soon as some ten thousand tokens are
 * there, whose digests are all over their index.
 */
const CACHE_KB = 65_536;

// Synchronous "normal" leaves it to us to have a commit on the disk; what SQLite needs there in order it still waits for.
const SETTINGS = `
  pragma busy_timeout = ${BUSY_TIMEOUT_MS};
  pragma synchronous = normal;
  pragma wal_autocheckpoint = ${LOG_PAGES};
  pragma foreign_keys = on;
  pragma cache_size = -${CACHE_KB};
  pragma temp_store = memory;
`;

/** Whether a statement changes nothing. */
export const isRead = (text: string): boolean => /^\s*select\b/i.test(text);

/** Runs a prepared statement. */
type Prepared = (parameters: readonly unknown[]) => QueryResult<unknown>;

/** How many prepared statements are kept; the one that was not used for the longest time gives way. */
const MAX_STATEMENTS = 500;

/**
 * A SQLite file with a write-ahead log. A commit is on the disk after the next {@link LibsqlDatabase.sync}, which stops
 * nobody meanwhile, as SQLite's own waiting would.
 *
 * @see https://www.sqlite.org/wal.html section 2.4
 */
export class LibsqlDatabase {
  private connection: Libsql.Database;
  private readonly statements = new Recent<string, Prepared>(MAX_STATEMENTS);
  private readonly statementsForOne = new Recent<string, Prepared>(MAX_STATEMENTS);
  /** The write-ahead log, once it had to be synced. */
  private log: Promise<FileHandle> | undefined;

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
      const run = this.statements.get(text, () => prepare(this.connection, text));
      return run(parameters) as QueryResult<Row>;
    });
  }

  /** Runs a statement and reads its first row, which costs half as much as to read all of one. */
  executeForOne<Row>(text: string, parameters: readonly unknown[]): QueryResult<Row> {
    return this.unlessBusy(() => {
      const run = this.statementsForOne.get(text, () => prepareForOne(this.connection, text));
      return run(parameters) as QueryResult<Row>;
    });
  }

  /**
   * Waits until the disk has all that was committed before the call.
   *
   * @throws Error when the disk refuses; what was committed may be lost then, whatever a later call says
   */
  async sync(): Promise<void> {
    if (this.file === ':memory:') return;
    this.log ??= open(`${this.file}-wal`, 'r+');
    await (await this.log).datasync();
  }

  close(): void {
    this.connection.close();
    this.closeLog();
  }

  private closeLog(): void {
    void this.log?.then((log) => log.close()).catch(() => undefined);
    this.log = undefined;
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
    this.statementsForOne.clear();
    this.close();
    this.connection = new Libsql(this.file);
    this.connection.exec(SETTINGS);
  }
}

/**
 * Rows come as lists, which costs libsql a third less than to name each value. What `*` stands for may be other columns
 * tomorrow, when another process has migrated the file: their names are asked for with each row.
 */
function prepare(connection: Libsql.Database, text: string): Prepared {
  const statement = connection.prepare(text);
  if (!statement.reader) {
    return (parameters) => ({ rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) });
  }
  if (text.includes('*')) return (parameters) => ({ rows: statement.all(parameters) });
  const names = namesOf(statement);
  return (parameters) => ({ rows: (statement.all(parameters) as unknown[][]).map((row) => named(names, row)) });
}

/**
 * A statement of its own: after `all` libsql's `get` of the same one goes on with the rows of that. What changes something
 * is run to its end.
 */
function prepareForOne(connection: Libsql.Database, text: string): Prepared {
  if (!isRead(text) || text.includes('*')) return prepare(connection, text);
  const statement = connection.prepare(text);
  const names = namesOf(statement);
  return (parameters) => {
    const row = statement.get(parameters) as unknown[] | undefined;
    return { rows: row === undefined ? [] : [named(names, row)] };
  };
}

function namesOf(statement: Libsql.Statement): readonly string[] {
  const names = statement.columns().map(({ name }) => name);
  statement.raw();
  return names;
}

function named(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) row[name] = values[index];
  return row;
}

/** SQLite gives its `-wal` and `-shm` files the mode of the database file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
