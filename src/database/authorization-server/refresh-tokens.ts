import type { Kysely } from 'kysely';

/** The refresh tokens that came of one sign-in, each of the one before. */
export interface RefreshTokenChainTable {
  /** Digest of the last of them that was used, at first of the first one. */
  last_used: string;
  /** Digest of the grant that they rest on. */
  grant_id: string | null;
  /** Seconds since the Unix epoch. */
  expires_at: number | null;
}

/** Makes the table of {@link RefreshTokenChainTable}. */
export async function createRefreshTokenChain({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('refresh_token_chain')
    .addColumn('last_used', 'text', (column) => column.primaryKey())
    .addColumn('grant_id', 'text')
    .addColumn('expires_at', 'bigint')
    .execute();
  for (const column of ['grant_id', 'expires_at']) {
    await schema.createIndex(`refresh_token_chain_by_${column}`).on('refresh_token_chain').column(column).execute();
  }
}
