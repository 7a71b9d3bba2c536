import type { ActiveToken } from '../protection-api/introspection.js';
import type { ProtectedResource } from '../protection-api/protected-resources.js';
import { effectiveScopes } from '../protocol/permissions.js';
import type { Statement } from './token-inspector.js';

/** What a requesting party token opens at one resource, as the controller gets it. */
export interface UmaDecision {
  readonly resource: ProtectedResource;
  /** Every scope in effect for the resource, those the call did not ask for included. */
  readonly scopes: readonly string[];
  /** When its authorization server was asked, in milliseconds since the Unix epoch; of a signed token, when it was issued. */
  readonly askedMs: number;
  /** When the token was issued, in milliseconds since the Unix epoch, when the authorization server tells. */
  readonly issuedMs?: number;
  /** The client that the token was issued to, when the authorization server tells. */
  readonly clientId?: string;
  /** `jti` of the token, by which the authorization server tells of it. */
  readonly tokenId?: string;
  /** Thumbprint of the key whose holder alone may use the token; absent when anybody may who bears it. */
  readonly jkt?: string;
  /** When the first of what it rests on ends, in milliseconds since the Unix epoch; absent when nothing is known to end. */
  readonly endsMs?: number;
}

/** A decision and the time of its validity. */
export interface TimedDecision {
  readonly decision: UmaDecision;
  /** Milliseconds since the Unix epoch; a clock that shows an earlier time was set back, and tells nothing of its age. */
  readonly sinceMs: number;
  /** Milliseconds since the Unix epoch; from this instant on the decision must not be used. */
  readonly untilMs: number;
  /** The same when nobody would tell that the token has ended or changed meanwhile. */
  readonly unheardUntilMs: number;
  /** Whether to ask again would give the same: the token says it itself. */
  readonly isFixed: boolean;
}

/** What a decision is measured by. */
export interface DecisionTerms {
  readonly resource: ProtectedResource;
  /** This resource server's identifier, which the token's `aud` must name. */
  readonly audience: string;
  readonly nowMs: number;
  /**
   * The longest validity when nobody tells of changes, counted from the introspection, in milliseconds; 0 is the longest in
   * any case.
   */
  readonly longestMs: number;
}

/**
 * Decides what a token opens at a resource: only an active token, of the owner's own authorization server, meant for
 * this resource server, within its time, bound to nothing but perhaps to a key that can be asked for, with permissions for
 * the very id under which this resource is registered.
 *
 * @returns `undefined` when it opens nothing
 * @see UMA 2.0 Federated Authorization section 5.1.1, RFC 7662 section 4
 */
export function decide({ introspection, isFixed }: Statement, terms: DecisionTerms): TimedDecision | undefined {
  const { resource, nowMs } = terms;
  if (!introspection.active || !isForUs(introspection, terms) || !isTimely(introspection, nowMs)) return undefined;
  const { permissions, askedAtMs } = introspection;
  const scopes = effectiveScopes(permissions, resource.umaResourceId, nowMs / 1000);
  if (scopes.length === 0) return undefined;
  const endsMs = endOf(introspection, terms);
  // What is said once and for all does not grow old, but 0 is to look each time.
  const longestMs = isFixed && terms.longestMs > 0 ? Infinity : terms.longestMs;
  const unheardUntilMs = Math.min(askedAtMs + longestMs, endsMs);
  return {
    decision: {
      resource,
      scopes,
      askedMs: askedAtMs,
      ...detailsOf(introspection),
      ...(endsMs < Infinity && { endsMs }),
    },
    sinceMs: askedAtMs,
    untilMs: longestMs > 0 && canBeTold(introspection) ? endsMs : unheardUntilMs,
    unheardUntilMs,
    isFixed,
  };
}

/** Without an id nobody can tell of the token, without an end it would be believed for ever. */
const canBeTold = ({ tokenId, exp }: ActiveToken): boolean => tokenId !== undefined && exp !== undefined;

/** When the first of what a token opens at a resource ends; an entry that has ended already took its scopes with it. */
function endOf({ exp, permissions }: ActiveToken, { resource, nowMs }: DecisionTerms): number {
  const ends = permissions.filter(({ resourceId }) => resourceId === resource.umaResourceId).map((entry) => entry.exp);
  return Math.min(...[exp, ...ends].map((end) => (end ?? Infinity) * 1000).filter((endMs) => endMs > nowMs));
}

/** What several decisions about one token and resource have in common; `undefined` when one of them opens nothing. */
export function agreed(decisions: readonly (TimedDecision | undefined)[]): TimedDecision | undefined {
  const [first, ...others] = decisions;
  return others.reduce(
    (one, other) => (one === undefined || other === undefined ? undefined : both(one, other)),
    first,
  );
}

function both(one: TimedDecision, other: TimedDecision): TimedDecision | undefined {
  const scopes = one.decision.scopes.filter((scope) => other.decision.scopes.includes(scope));
  if (scopes.length === 0 || one.decision.jkt !== other.decision.jkt) return undefined;
  const endsMs = Math.min(one.decision.endsMs ?? Infinity, other.decision.endsMs ?? Infinity);
  const askedMs = Math.min(one.decision.askedMs, other.decision.askedMs);
  return {
    decision: { ...other.decision, ...one.decision, scopes, askedMs, ...(endsMs < Infinity && { endsMs }) },
    sinceMs: Math.min(one.sinceMs, other.sinceMs),
    untilMs: Math.min(one.untilMs, other.untilMs),
    unheardUntilMs: Math.min(one.unheardUntilMs, other.unheardUntilMs),
    isFixed: one.isFixed && other.isFixed,
  };
}

function detailsOf({
  iat,
  clientId,
  tokenId,
  binding,
}: ActiveToken): Pick<UmaDecision, 'issuedMs' | 'clientId' | 'tokenId' | 'jkt'> {
  return {
    ...(iat !== undefined && { issuedMs: iat * 1000 }),
    ...(clientId !== undefined && { clientId }),
    ...(tokenId !== undefined && { tokenId }),
    ...(typeof binding === 'object' && { jkt: binding.jkt }),
  };
}

function isForUs(token: ActiveToken, { resource, audience }: DecisionTerms): boolean {
  if (token.binding === 'unknown') return false;
  if (token.iss !== undefined && token.iss !== resource.owner.issuer) return false;
  return token.aud === undefined || token.aud.some((named) => withoutSlash(named) === withoutSlash(audience));
}

function isTimely({ exp, nbf }: ActiveToken, nowMs: number): boolean {
  return nowMs < (exp ?? Infinity) * 1000 && nowMs >= (nbf ?? 0) * 1000;
}

const withoutSlash = (identifier: string): string => identifier.replace(/\/$/, '');
