import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import { missingScopes, requestedScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { ClaimRequirement } from '../policy/claims.js';
import { ANY_ACCESS, type Decision } from '../policy/decision.js';

/** What a token request asks for, of one resource of its permission ticket. */
export interface RequestedAccess {
  readonly resourceId: string;
  /** The scopes that the resource server asked for. */
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

/**
 * The actions that stand for a requested access: its scopes; before those the question whether there is any access at
 * all, where the resource server named no scope, whatever the client wants beside it.
 */
export function actionsOf({ ticketScopes, scopes }: Omit<RequestedAccess, 'resourceId'>): readonly string[] {
  return ticketScopes.length === 0 ? [ANY_ACCESS, ...scopes] : scopes;
}

/**
 * How much of a request has to be permitted for a token: all of it, everything that the resource server asked for, or
 * anything.
 */
export type PartialGrants = 'never' | 'ticket-complete' | 'any';

/** Scopes of one resource that a token is about to be issued for, by one share. */
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
  | { readonly kind: 'need-claims'; readonly claims: readonly ClaimRequirement[]; readonly shareIds: readonly string[] }
  /** The owner is to be asked for these. */
  | { readonly kind: 'need-owner'; readonly wanted: readonly RequestedPermission[] }
  | { readonly kind: 'denied' };

/** A decision about one action on one resource. */
interface Verdict {
  readonly access: RequestedAccess;
  readonly action: string;
  /** Whether nothing is granted without it. */
  readonly required: boolean;
  readonly decision: Decision | undefined;
}

/**
 * Concludes from the decisions. A scope that must be there and that nothing could ever unlock denies the whole request
 * at once, so that no claims are collected for a request without hope, and no owner is asked in vain; claims come before
 * the owner, who wants to know who is asking. Other scopes that are refused are left out.
 *
 * @param decisions for each of `asked` in the same order, one for each of its {@link actionsOf}; a missing one denies
 * @param ownerWasAsked whether the owner has answered in this process: what they refused then is left out of what they
 * allowed
 * @see UMA 2.0 Grant section 3.3.4
 */
export function conclude(
  asked: readonly RequestedAccess[],
  decisions: readonly (readonly Decision[])[],
  partialGrants: PartialGrants = 'ticket-complete',
  ownerWasAsked = false,
): Assessment {
  const verdicts = asked.flatMap((access, index) =>
    actionsOf(access).map((action, place) => ({
      access,
      action,
      required: isRequired(access, action, partialGrants),
      decision: decisions[index]?.[place],
    })),
  );
  const permissions = permissionsOf(verdicts);
  const open = verdicts.filter(({ required, decision }) => required && decision?.decision !== true);
  const isAnswered = ownerWasAsked && open.every(isRefusedByOwner);
  const enough = partialGrants === 'any' || isAnswered || open.length === 0;
  if (enough && permissions.length > 0) return { kind: 'granted', permissions };
  return refusalOf(partialGrants === 'any' ? verdicts : open, partialGrants);
}

function isRefusedByOwner({ decision }: Verdict): boolean {
  return decision?.decision === false && decision.context.rule.kind === 'refused-access-request';
}

function isRequired({ ticketScopes }: RequestedAccess, action: string, partialGrants: PartialGrants): boolean {
  return partialGrants === 'never' || action === ANY_ACCESS || ticketScopes.includes(action);
}

/** Scopes that rest on one share end together. */
function permissionsOf(verdicts: readonly Verdict[]): readonly GrantedPermission[] {
  const permissions = new Map<string, GrantedPermission>();
  for (const { access, action, decision } of verdicts) {
    if (decision?.decision !== true) continue;
    const { resourceId } = access;
    const { shareId, untilMs } = decision.context;
    const key = JSON.stringify([resourceId, shareId]);
    const scopes = [...(permissions.get(key)?.scopes ?? []), ...(action === ANY_ACCESS ? [] : [action])];
    permissions.set(key, { resourceId, scopes, shareId, untilMs });
  }
  return [...permissions.values()];
}

function refusalOf(open: readonly Verdict[], partialGrants: PartialGrants): Assessment {
  const contexts = open.map(({ decision }) => (decision?.decision === false ? decision.context : undefined));
  const hopeless = contexts.filter((context) => context === undefined || context.outcome === 'deny').length;
  // Where anything will do, one scope with hope is enough.
  const isDenied = partialGrants === 'any' ? hopeless === open.length : hopeless > 0;
  if (isDenied || open.length === 0) return { kind: 'denied' };
  const waiting = contexts.flatMap((context) => (context?.outcome === 'need-claims' ? [context] : []));
  if (waiting.length > 0) {
    return {
      kind: 'need-claims',
      claims: distinctClaims(waiting.flatMap(({ claims }) => claims)),
      shareIds: [...new Set(waiting.flatMap(({ shareIds }) => shareIds))],
    };
  }
  return { kind: 'need-owner', wanted: wantedOf(open) };
}

/** Each claim once, with all issuers that any of the questions would take it from. */
function distinctClaims(claims: readonly ClaimRequirement[]): readonly ClaimRequirement[] {
  const distinct = new Map<string, ClaimRequirement>();
  for (const { name, issuers } of claims) {
    const known = distinct.get(name)?.issuers ?? issuers;
    const anyIssuer = known.length === 0 || issuers.length === 0;
    distinct.set(name, { name, issuers: anyIssuer ? [] : [...new Set([...known, ...issuers])] });
  }
  return [...distinct.values()];
}

function wantedOf(open: readonly Verdict[]): readonly RequestedPermission[] {
  const wanted = new Map<string, readonly string[]>();
  for (const { access, action, decision } of open) {
    if (decision?.decision !== false || decision.context.outcome !== 'need-owner') continue;
    const scopes = wanted.get(access.resourceId) ?? [];
    wanted.set(access.resourceId, action === ANY_ACCESS ? scopes : [...scopes, action]);
  }
  return [...wanted].map(([resourceId, resourceScopes]) => ({ resourceId, resourceScopes }));
}
