import type { Kysely, Migration } from 'kysely';

/** Tables of the client room: what each person opened and waits for, and the tokens they were given. */
export interface ClientTables {
  access_run: AccessRunTable;
  claims_redirect: ClaimsRedirectTable;
  pct: PctTable;
  rpt: RptTable;
}

/** How an access stands that was not simply read: a question to the owner, or an answer that is not asked for again. */
export type AccessStage = 'waiting' | 'denied' | 'declined' | 'unanswered' | 'cancelled';

/** What somebody opened by its link. */
export interface AccessRunTable {
  id: string;
  person_issuer: string;
  person_subject: string;
  /** URL of the protected resource. */
  resource: string;
  opened_ms: number;
  /** Null when the next look simply asks the servers. */
  stage: AccessStage | null;
  /** What is needed to ask again, sealed; only while `waiting`. */
  waiting: string | null;
  /** When the owner was asked; only while `waiting`. */
  since_ms: number | null;
  /** When to ask again; only while `waiting`. */
  due_ms: number | null;
  /** Counts the changes of the stage, so that nobody overwrites what they have not seen. */
  version: number;
}

interface ClaimsRedirectTable {
  /** Digest of the `state` that the person was sent away with. */
  state: string;
  /** The session in which that happened. */
  session: string;
  access_run: string;
  /** Ticket and authorization server, sealed. */
  sealed: string;
  expires_ms: number;
}

interface PctTable {
  /** Digest of person and authorization server. */
  key: string;
  /** The persisted claims token, sealed. */
  sealed: string;
  kept_ms: number;
}

interface RptTable {
  id: string;
  /** Digest of person, authorization server and resource server. */
  holder: string;
  /** The token with what is known of it, sealed. */
  sealed: string;
  /** Counts the changes. */
  version: number;
  /** When there is nothing left to do with it; null when nobody knows. */
  expires_ms: number | null;
}

/** Migrations of {@link ClientTables}. */
export const clientMigrations: Record<string, Migration> = {
  '2026-11-22-client-1': {
    async up(kysely) {
      await kysely.schema
        .createTable('access_run')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person_issuer', 'text', (column) => column.notNull())
        .addColumn('person_subject', 'text', (column) => column.notNull())
        .addColumn('resource', 'text', (column) => column.notNull())
        .addColumn('opened_ms', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('access_run_once', ['person_issuer', 'person_subject', 'resource'])
        .execute();
      await kysely.schema
        .createTable('rpt')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_ms', 'bigint')
        .execute();
    },
  },
  '2026-11-26-client-2': {
    async up(kysely) {
      await letAccessesWait(kysely);
      await createClaimsRedirect(kysely);
      await createPct(kysely);
      await createRptsOfHolders(kysely);
    },
  },
};

async function letAccessesWait(kysely: Kysely<unknown>): Promise<void> {
  for (const name of ['stage', 'waiting'])
    await kysely.schema.alterTable('access_run').addColumn(name, 'text').execute();
  for (const name of ['since_ms', 'due_ms']) {
    await kysely.schema.alterTable('access_run').addColumn(name, 'bigint').execute();
  }
  await kysely.schema
    .alterTable('access_run')
    .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await kysely.schema.createIndex('access_run_by_due').on('access_run').column('due_ms').execute();
}

async function createClaimsRedirect(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('claims_redirect')
    .addColumn('state', 'text', (column) => column.primaryKey())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('access_run', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('expires_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createPct(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('pct')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('kept_ms', 'bigint', (column) => column.notNull())
    .execute();
}

// Tokens kept by resource alone are not worth taking over: another one is cheap.
async function createRptsOfHolders(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema.dropTable('rpt').execute();
  await kysely.schema
    .createTable('rpt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('expires_ms', 'bigint')
    .execute();
  await kysely.schema.createIndex('rpt_by_holder').on('rpt').column('holder').execute();
}
