import { type Kysely, type Migration, sql } from 'kysely';

import { createRefreshTokenChain, type RefreshTokenChainTable } from './refresh-tokens.js';

/** Tables of signing in: who the people are, the server's keys, and everything that oidc-provider keeps. */
export interface OidcTables {
  account: AccountTable;
  sign_in_attempt: SignInAttemptTable;
  oidc_key: OidcKeyTable;
  oidc_payload: OidcPayloadTable;
  refresh_token_chain: RefreshTokenChainTable;
}

/** A person with a password at this authorization server. */
export interface AccountTable {
  /** The `sub` of the person's ID tokens. */
  id: string;
  /** In lower case; what the person types may be in any. */
  username: string;
  /** Hash with its parameters. */
  password: string;
  name: string;
  email: string;
  /** 0 or 1. */
  email_verified: number;
  created_ms: number;
  /** Since when the person can neither sign in, share nor be given anything; null for everybody else. */
  suspended_ms: number | null;
  /** When the last suspension ended; null for who was never suspended. */
  resumed_ms: number | null;
}

/** How often somebody tried a password in vain, for one user name from one address. */
export interface SignInAttemptTable {
  /** Digest of user name and address. */
  id: string;
  tries: number;
  /** When the count starts anew; while it is reached, the end of the pause. */
  window_ends_ms: number;
}

/** A secret that all instances of the authorization server share. */
export interface OidcKeyTable {
  name: string;
  /** Encrypted with the process's secret key. */
  sealed: string;
  created_ms: number;
}

/** One thing of oidc-provider: a session, a grant, a code, a token, a registered client. */
export interface OidcPayloadTable {
  /** Name of the provider's model. */
  kind: string;
  /** Digest of the handle. */
  id: string;
  /** Digest of the grant that a code or token rests on. */
  grant_id: string | null;
  /** Digest of the id of the person whose it is. */
  account_id: string | null;
  /** Digest of a session's lasting identifier. */
  uid: string | null;
  /** Digest of a device's user code. */
  user_code: string | null;
  /** JSON, encrypted with the process's secret key: it holds handles, client secrets and personal data. */
  payload: string;
  /** Null for what lasts until it is deleted. */
  expires_at: number | null;
  consumed_at: number | null;
}

/** Migrations of {@link OidcTables}. */
export const oidcMigrations: Record<string, Migration> = {
  '2026-11-22-oidc-1': {
    async up(kysely: Kysely<unknown>) {
      await createAccount(kysely);
      await createSignInAttempt(kysely);
      await createKey(kysely);
      await createPayload(kysely);
    },
  },
  '2026-11-27-oidc-2': {
    async up({ schema }: Kysely<unknown>) {
      await schema.alterTable('account').addColumn('suspended_ms', 'bigint').execute();
      await schema.alterTable('oidc_payload').addColumn('account_id', 'text').execute();
      await schema.createIndex('oidc_payload_by_account_id').on('oidc_payload').column('account_id').execute();
    },
  },
  '2026-11-27-oidc-refresh-tokens': { up: createRefreshTokenChain },
  '2026-11-28-oidc-resumed': {
    async up({ schema }: Kysely<unknown>) {
      await schema.alterTable('account').addColumn('resumed_ms', 'bigint').execute();
    },
  },
  '2026-11-29-oidc-sparse-indexes': { up: indexWhatIsThere },
};

async function createAccount({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('account')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('username', 'text', (column) => column.notNull().unique())
    .addColumn('password', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('email_verified', 'integer', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createSignInAttempt({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('sign_in_attempt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('window_ends_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('sign_in_attempt_by_window').on('sign_in_attempt').column('window_ends_ms').execute();
}

async function createKey({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('oidc_key')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createPayload({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('oidc_payload')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('grant_id', 'text')
    .addColumn('uid', 'text')
    .addColumn('user_code', 'text')
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('consumed_at', 'bigint')
    .addPrimaryKeyConstraint('oidc_payload_key', ['kind', 'id'])
    .execute();
  for (const column of ['grant_id', 'uid', 'user_code', 'expires_at']) {
    await schema.createIndex(`oidc_payload_by_${column}`).on('oidc_payload').column(column).execute();
  }
}

/** Most of what is stored has none of these, and need not be written into an index to say so. */
async function indexWhatIsThere({ schema }: Kysely<unknown>): Promise<void> {
  for (const column of ['grant_id', 'uid', 'user_code', 'account_id']) {
    const index = `oidc_payload_by_${column}`;
    await schema.dropIndex(index).execute();
    await schema.createIndex(index).on('oidc_payload').column(column).where(sql.ref(column), 'is not', null).execute();
  }
}
