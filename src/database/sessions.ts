import type { Kysely, Migration } from 'kysely';

/** Columns of every row that keeps tokens which are refreshed: by one refresher at a time, on any instance. */
export interface TokenColumns {
  readonly id: string;
  /** The authorization server that gave the tokens. */
  readonly issuer: string;
  /** The tokens, sealed. */
  readonly tokens: string;
  /** Counts the changes of `tokens`, so that nobody overwrites what they have not seen. */
  readonly tokens_version: number;
  /** Until when somebody is refreshing the tokens; null when nobody is. */
  readonly refreshing_until_ms: number | null;
}

/** People who are signed in: one row for each browser. */
export interface LoginSessionTable extends TokenColumns {
  /** Digest of the session id that the browser's cookie holds. */
  readonly id: string;
  readonly subject: string;
  /** What the person is called, when the authorization server tells. */
  readonly name: string | null;
  readonly expires_ms: number;
}

/** Tables of the sessions of a resource server or client. */
export interface SessionTables {
  readonly login_session: LoginSessionTable;
}

/** What makes {@link SessionTables}. */
export const sessionMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-22-sessions-1': { up: createLoginSession },
  '2026-11-28-sessions-2': { up: findByPerson },
};

async function createLoginSession(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('login_session')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('tokens', 'text', (column) => column.notNull())
    .addColumn('tokens_version', 'integer', (column) => column.notNull())
    .addColumn('refreshing_until_ms', 'bigint')
    .addColumn('expires_ms', 'bigint', (column) => column.notNull())
    .execute();
  await kysely.schema.createIndex('login_session_by_end').on('login_session').column('expires_ms').execute();
}

async function findByPerson({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('login_session_by_person').on('login_session').columns(['issuer', 'subject']).execute();
}
