import type { ExpressionBuilder, Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Dialect } from '../../database/database.js';
import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { deleteOpenTickets } from './open-tickets.js';
import type { TokenRevocation } from './token-revocation.js';

/** A resource whose description has lost scopes, and how to write to it. */
export interface ShrunkResource {
  readonly id: string;
  /** The scopes that it still has. */
  readonly scopes: readonly string[];
  readonly nowMs: number;
  readonly dialect: Dialect;
  /** To tell of the tokens that have less now. */
  readonly revocation: TokenRevocation;
}

/**
 * Takes away whatever rests on scopes that a resource has no longer, so that none of it comes back when such a scope is
 * registered again: the owner was not asked about that one.
 *
 * @param within holds the resource as for its deletion: no share, token or ticket of it is being made meanwhile
 * @see UMA 2.0 Grant section 6.1
 */
export async function withdrawDeregisteredScopes(
  within: Transaction<UmaTables>,
  resource: ShrunkResource,
): Promise<void> {
  const shares = await heldShares(within, resource.id, resource.dialect);
  await shrinkPermissions(within, resource);
  await shrinkShares(within, resource, shares);
  await deleteTickets(within, resource);
}

/** A share that is held, as it is stored. */
export interface HeldShare {
  readonly id: string;
  readonly scopes: string;
}

/** Holds the shares of a resource, before what rests on them: so does whoever withdraws one. */
export function heldShares(
  within: Transaction<UmaTables>,
  id: string,
  dialect: Dialect,
): Promise<readonly HeldShare[]> {
  return within
    .selectFrom('share')
    .select(['id', 'scopes'])
    .where('resource_id', '=', id)
    .orderBy('id')
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .execute();
}

/** A share that loses its last scope ends, and what rests on it with it. */
async function shrinkShares(
  within: Transaction<UmaTables>,
  { scopes, revocation }: ShrunkResource,
  shares: readonly HeldShare[],
): Promise<void> {
  const losing = shares.filter((share) => shrunk(share.scopes, scopes) !== undefined);
  await revocation.forgetFor(
    within,
    losing.map(({ id }) => id),
  );
  for (const share of losing) {
    const left = shrunk(share.scopes, scopes) ?? [];
    if (left.length === 0) {
      await within.deleteFrom('share').where('id', '=', share.id).execute();
      continue;
    }
    const narrowed = { scopes: JSON.stringify(left) };
    await within.updateTable('share').set(narrowed).where('id', '=', share.id).execute();
  }
}

async function shrinkPermissions(
  within: Transaction<UmaTables>,
  { id, scopes, revocation }: ShrunkResource,
): Promise<void> {
  const tokens = await revocation.holdAt(within, id);
  if (tokens.length === 0) return;
  const permissions = await within
    .selectFrom('uma_rpt_permission')
    .select(['rpt_id', 'share_id', 'scopes'])
    .where('resource_id', '=', id)
    .where('rpt_id', 'in', tokens)
    .execute();
  const losing = permissions.filter((permission) => shrunk(permission.scopes, scopes) !== undefined);
  for (const { rpt_id, share_id, scopes: before } of losing) {
    const left = shrunk(before, scopes);
    const key = (row: ExpressionBuilder<UmaTables, 'uma_rpt_permission'>) =>
      row.and({ rpt_id, share_id, resource_id: id });
    if (left?.length === 0) {
      await within.deleteFrom('uma_rpt_permission').where(key).execute();
    } else if (left !== undefined) {
      await within
        .updateTable('uma_rpt_permission')
        .set({ scopes: JSON.stringify(left) })
        .where(key)
        .execute();
    }
  }
  await revocation.tellShrunk(within, [...new Set(losing.map(({ rpt_id }) => rpt_id))]);
}

/** Deletes the open tickets that name such a scope. */
async function deleteTickets(
  within: Transaction<UmaTables>,
  { id, scopes, nowMs, dialect }: ShrunkResource,
): Promise<void> {
  const tickets = await within
    .selectFrom('uma_ticket')
    .select(['handle_digest', 'permissions'])
    .where('consumed_ms', 'is', null)
    .where('expires_ms', '>', nowMs)
    .where('permissions', 'like', `%${id}%`)
    .execute();
  for (const { handle_digest, permissions } of tickets) {
    const names = (JSON.parse(permissions) as RequestedPermission[]).some(
      ({ resourceId, resourceScopes }) => resourceId === id && missingScopes(resourceScopes, scopes).length > 0,
    );
    if (names) await deleteOpenTickets(within, dialect, (ticket) => ticket('handle_digest', '=', handle_digest));
  }
}

/** What is left of stored scopes; `undefined` when nothing of them goes. */
function shrunk(stored: string, available: readonly string[]): readonly string[] | undefined {
  const before = JSON.parse(stored) as string[];
  const left = before.filter((scope) => available.includes(scope));
  return left.length === before.length ? undefined : left;
}
