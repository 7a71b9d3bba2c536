import type { Kysely, Migration } from 'kysely';

import type { TokenColumns } from '../sessions.js';

/** Protection API access tokens (PATs) of resource owners, kept beyond their sign-out. */
export interface PatTable extends TokenColumns {
  /** Digest of issuer and subject. */
  readonly id: string;
  readonly subject: string;
}

/** The table of the PATs. */
export interface PatTables {
  readonly pat: PatTable;
}

/** What makes {@link PatTables}. */
export const patMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-22-pats-1': { up: createPat },
};

async function createPat(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('pat')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('tokens', 'text', (column) => column.notNull())
    .addColumn('tokens_version', 'integer', (column) => column.notNull())
    .addColumn('refreshing_until_ms', 'bigint')
    .execute();
}
