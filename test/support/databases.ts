import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Migration } from 'kysely';
import { Client, escapeIdentifier } from 'pg';

import { type Database, type DatabaseOptions, type Dialect, openDatabase } from '../../src/database/database.js';
import { migrateToLatest } from '../../src/database/migrate.js';

const DIALECTS: readonly Dialect[] = ['sqlite', 'postgres'];

/** Opens a new, empty database in the dialect at hand. */
export interface OpenDatabase {
  /**
   * @param migrations what is applied to it first
   * @returns the database; it is closed and deleted after the test, or after the block when a `beforeAll` opened it
   */
  <Tables>(migrations?: Readonly<Record<string, Migration>>): Promise<Database<Tables>>;
  readonly dialect: Dialect;
}

/** A `describe` block that runs twice: on SQLite in a file, and on a real PostgreSQL server. */
export function describeOnEachDatabase(title: string, body: (open: OpenDatabase) => void): void {
  describe.each(DIALECTS)(`${title} (%s)`, (dialect) => {
    const ofBlock: (() => Promise<void>)[] = [];
    const ofTest: (() => Promise<void>)[] = [];
    let current = ofBlock;
    const open = async <Tables>(migrations: Readonly<Record<string, Migration>> = {}) => {
      const options = databaseOptionsFor(dialect, 'test');
      const database = await openDatabase<Tables>(options);
      current.push(async () => {
        await database.close();
        await deleteDatabase(options);
      });
      await migrateToLatest(database, migrations);
      return database;
    };
    beforeEach(() => {
      current = ofTest;
    });
    body(Object.assign(open, { dialect }));
    // Jest runs these after the block's own hooks, which may still use the database.
    afterEach(async () => {
      current = ofBlock;
      await undo(ofTest);
    });
    afterAll(async () => {
      await undo(ofBlock);
    });
  });
}

async function undo(steps: (() => Promise<void>)[]): Promise<void> {
  for (const step of steps.splice(0)) await step();
}

/**
 * A place for one new database, for tests that open it themselves, several times or in a child process. It goes with the
 * test run at the latest.
 *
 * @param schemaHint how the schema's random name begins
 */
export function databaseOptionsFor(dialect: Dialect, schemaHint: string): DatabaseOptions {
  const name = randomName(schemaHint);
  return {
    url: dialect === 'postgres' ? ofRun('TEST_POSTGRES_URL') : undefined,
    file: join(ofRun('TEST_SCRATCH_DIRECTORY'), name, 'database.sqlite'),
    schema: name,
  };
}

/** Deletes what {@link databaseOptionsFor} gave a place to. The database has been closed. */
export async function deleteDatabase({ url, file, schema }: DatabaseOptions): Promise<void> {
  if (url === undefined) await rm(dirname(file), { recursive: true, force: true });
  else await asAdministrator(`drop schema if exists ${escapeIdentifier(schema)} cascade`);
}

/** A place for the databases of several processes that work together, as real processes or within the test. */
export interface DatabaseHome {
  readonly dialect: Dialect;
  /** What a child process takes as `DATABASE_URL`: a PostgreSQL database of its own; `undefined` for SQLite. */
  readonly url: string | undefined;
  /** An empty directory, where child processes keep their SQLite files. */
  readonly directory: string;
  /** The database of one of the processes, in the schema (or a file in `directory`) of that very name. */
  optionsFor(schema: string): DatabaseOptions;
}

/** Makes a home in which processes keep their usual schema names and yet meet no other test. It goes with the test run. */
export async function createDatabaseHome(dialect: Dialect): Promise<DatabaseHome> {
  const name = randomName('home');
  const directory = join(ofRun('TEST_SCRATCH_DIRECTORY'), name);
  await mkdir(directory);
  const url = dialect === 'postgres' ? await createPostgresDatabase(name) : undefined;
  const optionsFor = (schema: string) => ({ url, file: join(directory, `${schema}.sqlite`), schema });
  return { dialect, url, directory, optionsFor };
}

async function createPostgresDatabase(name: string): Promise<string> {
  await asAdministrator(`create database ${escapeIdentifier(name)}`);
  const url = new URL(ofRun('TEST_POSTGRES_URL'));
  url.pathname = name;
  return url.href;
}

async function asAdministrator(statement: string): Promise<void> {
  const client = new Client({ connectionString: ofRun('TEST_POSTGRES_URL') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function ofRun(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: the test run needs test/support/global-setup.ts.`);
  return value;
}

function randomName(hint: string): string {
  return `${hint}_${randomBytes(6).toString('hex')}`;
}
