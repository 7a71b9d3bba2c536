import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { TokenRevocation } from './token-revocation.js';

/**
 * Takes away what tokens permit on a resource that has another type now: it is no longer what its owner shared as a type,
 * nor what policies permitted that look at the type. Whoever asks again is assessed anew.
 *
 * @param within holds the resource as for its deletion: no token of it is being made meanwhile
 * @see UMA 2.0 Grant section 6.1
 */
export async function withdrawFormerType(
  within: Transaction<UmaTables>,
  resourceId: string,
  revocation: TokenRevocation,
): Promise<void> {
  const tokens = await revocation.holdAt(within, resourceId);
  if (tokens.length === 0) return;
  await within
    .deleteFrom('uma_rpt_permission')
    .where('resource_id', '=', resourceId)
    .where('rpt_id', 'in', tokens)
    .execute();
  await revocation.tellShrunk(within, tokens);
}
