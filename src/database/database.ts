import { Kysely, sql, type Transaction } from 'kysely';

import { LibsqlDialect } from './libsql-dialect.js';
import { postgresDialect } from './postgres-dialect.js';
import { createSchema } from './postgres-schema.js';
import { type Waiting, whenThere } from './when-there.js';

/** Which database stands behind a {@link Database}. */
export type Dialect = 'sqlite' | 'postgres';

/** Where a process keeps its tables: in PostgreSQL when a `url` is given, else in a SQLite file. */
export interface DatabaseOptions {
  /** Address of the PostgreSQL database, `postgres://…`; it may hold a password, so it is never printed. */
  readonly url?: string | undefined;
  /** Path of the SQLite file, or `:memory:`. */
  readonly file: string;
  /** PostgreSQL schema that holds this process's tables and its history of migrations. */
  readonly schema: string;
}

type Transact<Tables> = <Result>(work: (within: Transaction<Tables>) => Promise<Result>) => Promise<Result>;

/** The open database of one process. Made by {@link openDatabase}. */
export class Database<Tables> {
  constructor(
    /** Typed queries. Columns of type text, integer and bigint behave alike in both dialects. */
    readonly kysely: Kysely<Tables>,
    readonly dialect: Dialect,
    /** Where the tables are on PostgreSQL; without meaning on SQLite. */
    readonly schema: string,
    private readonly transact: Transact<Tables>,
  ) {}

  /**
   * Does a piece of work whose queries take effect together, or not at all when it throws.
   *
   * @returns what the work does, once the disk has it
   * @throws what the work throws, or the driver's error when what it did could not be committed
   */
  transaction<Result>(work: (within: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.transact(work);
  }

  /** Asks the database for a sign of life. @throws the driver's error when there is none */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.kysely);
  }

  /** Finishes with the database; later queries are refused. Closing twice is harmless. */
  async close(): Promise<void> {
    await this.kysely.destroy();
  }
}

/**
 * Opens the database of a process, making the SQLite file and its directory, or the PostgreSQL schema, when missing.
 * A PostgreSQL that is away is waited for, for half a minute.
 *
 * @param waiting how time passes meanwhile
 * @throws Error naming the dialect, with the driver's error as `cause`, when the database cannot be reached or used
 */
export async function openDatabase<Tables>(options: DatabaseOptions, waiting?: Waiting): Promise<Database<Tables>> {
  const { url, file, schema } = options;
  const database = url === undefined ? onSqlite<Tables>(file, schema) : onPostgres<Tables>(url, schema);
  try {
    if (url === undefined) await database.ping();
    else await whenThere(() => createSchema(database.kysely, schema), waiting);
    return database;
  } catch (cause) {
    await database.close();
    const name = url === undefined ? `SQLite database ${file}` : 'PostgreSQL database';
    throw new Error(`The ${name} cannot be opened.`, { cause });
  }
}

function onSqlite<Tables>(file: string, schema: string): Database<Tables> {
  const dialect = new LibsqlDialect(file);
  const kysely = dialect.kysely<Tables>();
  return new Database<Tables>(kysely, 'sqlite', schema, (work) => dialect.transact(kysely, work));
}

function onPostgres<Tables>(url: string, schema: string): Database<Tables> {
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(url, schema) });
  return new Database<Tables>(kysely, 'postgres', schema, (work) => kysely.transaction().execute(work));
}
