import type { Transaction } from 'kysely';

import { digest } from '../../../common/digest.js';
import type { OidcTables } from '../../../database/authorization-server/oidc.js';

/**
 * Keeps a person from signing in, and ends every session, consent and token that the OpenID provider has of them.
 *
 * @returns whether they could sign in until now
 */
export async function suspendAccount(within: Transaction<OidcTables>, id: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await within
    .updateTable('account')
    .set({ suspended_ms: nowMs })
    .where('id', '=', id)
    .where('suspended_ms', 'is', null)
    .executeTakeFirstOrThrow();
  await within.deleteFrom('oidc_payload').where('account_id', '=', digest(id)).execute();
  return numUpdatedRows === 1n;
}

/** Lets a person sign in again; what was ended stays ended, and what they proved before counts no longer. */
export async function resumeAccount(within: Transaction<OidcTables>, id: string, nowMs: number): Promise<void> {
  await within
    .updateTable('account')
    .set({ suspended_ms: null, resumed_ms: nowMs })
    .where('id', '=', id)
    .where('suspended_ms', 'is not', null)
    .execute();
}
