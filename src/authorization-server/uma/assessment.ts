import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import { missingScopes, requestedScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { Decision } from '../policy/decision.js';

/** What a token request asks for, of one resource of its permission ticket. */
export interface RequestedAccess {
  readonly resourceId: string;
  /** The scopes that the resource server asked for: all or nothing. */
  readonly ticketScopes: readonly string[];
  /** Those, and the extra ones of the client that count for this resource: `RequestedScopes(r)`. */
  readonly scopes: readonly string[];
}

/** What the calculation of a request rests on. */
export interface AssessmentInput {
  readonly permissions: readonly RequestedPermission[];
  /** The scopes that each resource has now; a resource that was deregistered is missing. */
  readonly availableScopes: ReadonlyMap<string, readonly string[]>;
  /** Scopes the client is registered for. */
  readonly registeredScopes: readonly string[];
  /** `scope` of the token request. */
  readonly requestedScopes: readonly string[];
}

/**
 * Calculates what is asked for. A ticket that names a resource or scope which was deregistered meanwhile is worth
 * nothing: to grant the rest of it would only lead to another refusal at the resource server.
 *
 * @throws UmaError `invalid_grant` for such a ticket, `invalid_scope` when a requested scope is available at no resource
 * of the ticket
 * @see UMA 2.0 Grant sections 3.3.4 and 3.3.6
 */
export function calculateRequest(input: AssessmentInput): readonly RequestedAccess[] {
  const asked = input.permissions.map(({ resourceId, resourceScopes }) => {
    const available = input.availableScopes.get(resourceId);
    if (available === undefined || missingScopes(resourceScopes, available).length > 0) {
      throw new UmaError('invalid_grant', 'What the permission ticket asks for is no longer registered.');
    }
    const scopes = requestedScopes({ ...input, ticketScopes: resourceScopes, availableScopes: available });
    return { resourceId, ticketScopes: resourceScopes, scopes };
  });
  const everywhere = [...input.availableScopes.values()].flat();
  if (missingScopes(input.requestedScopes, everywhere).length > 0) {
    throw new UmaError('invalid_scope', 'A requested scope is available at no resource of the permission ticket.');
  }
  return asked;
}

/** One permission of a requesting party token that is about to be issued. */
export interface GrantedPermission {
  readonly resourceId: string;
  readonly scopes: readonly string[];
  readonly shareId: string;
  /** When the permission ends by itself, in milliseconds. */
  readonly untilMs: number | undefined;
}

/** What follows from the decisions. */
export type Assessment =
  | { readonly kind: 'granted'; readonly permissions: readonly GrantedPermission[] }
  | { readonly kind: 'need-claims'; readonly claims: readonly string[] }
  | { readonly kind: 'denied' };

/**
 * Concludes from the decisions about each resource. Ticket scopes are never granted in part: one that is refused denies
 * the whole request, and at once, so that no claims are collected for a request without hope. Refused extra scopes are
 * left out.
 *
 * @param decisions one for each of `asked`, in the same order; a missing one denies
 * @see UMA 2.0 Grant section 3.3.4
 */
export function conclude(asked: readonly RequestedAccess[], decisions: readonly Decision[]): Assessment {
  const permissions: GrantedPermission[] = [];
  const awaited: (readonly string[])[] = [];
  for (const [index, { resourceId, ticketScopes }] of asked.entries()) {
    const decision = decisions[index] ?? { kind: 'deny' };
    if (decision.kind === 'need-claims') {
      awaited.push(decision.claims);
      continue;
    }
    if (decision.kind === 'deny' || missingScopes(ticketScopes, decision.scopes).length > 0) return { kind: 'denied' };
    const { scopes, shareId, untilMs } = decision;
    permissions.push({ resourceId, scopes, shareId, untilMs });
  }
  if (awaited.length > 0) return { kind: 'need-claims', claims: [...new Set(awaited.flat())] };
  return permissions.length === 0 ? { kind: 'denied' } : { kind: 'granted', permissions };
}
