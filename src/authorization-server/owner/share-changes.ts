import { missingScopes } from '../../uma/protocol/scopes.js';
import { isInForce, type Share, type ShareTerms } from '../policy/share.js';

/** What an owner allows somebody who asked. */
export interface Approval {
  readonly scopes: readonly string[];
  /** The client that asked. */
  readonly clientId: string;
  /** Until when; `undefined` leaves it to the share that there is. */
  readonly expiresMs: number | undefined;
}

const NO_LIMITS = { clients: undefined, purposes: undefined, paused: false, startsMs: undefined };

/** Whether terms give less than others did: at some instant, in some scope, to some client or for some purpose. */
export function takesAway(before: ShareTerms, after: ShareTerms): boolean {
  return [
    after.paused && !before.paused,
    missingScopes(before.scopes, after.scopes).length > 0,
    isTighter(before.clients, after.clients),
    isTighter(before.purposes, after.purposes),
    (after.startsMs ?? -Infinity) > (before.startsMs ?? -Infinity),
    (after.expiresMs ?? Infinity) < (before.expiresMs ?? Infinity),
  ].includes(true);
}

/**
 * The terms with which somebody gets what they asked for, at once. What a share in force gives they keep; one that gives
 * nothing for the time being gives no more than was asked for. Its limits stay, but for the client that asked.
 */
export function termsAfter(approval: Approval, share: Share | undefined, nowMs: number): ShareTerms {
  const { scopes, clientId, expiresMs } = approval;
  if (share === undefined) return { ...NO_LIMITS, scopes, expiresMs };
  const isGiven = isInForce(share, nowMs);
  return {
    scopes: isGiven ? [...new Set([...share.scopes, ...scopes])] : scopes,
    clients: share.clients && [...new Set([...share.clients, clientId])],
    purposes: share.purposes,
    paused: false,
    startsMs: isGiven ? share.startsMs : undefined,
    expiresMs: expiresMs ?? share.expiresMs,
  };
}

/**
 * Whether these terms would change what an approval does not name: other scopes of a share in force would end at another
 * time, or be there for the client that asked as well.
 */
export function changesOthers({ scopes, clientId, expiresMs }: Approval, share: Share, nowMs: number): boolean {
  if (!isInForce(share, nowMs) || missingScopes(share.scopes, scopes).length === 0) return false;
  const endsOtherwise = expiresMs !== undefined && expiresMs !== share.expiresMs;
  return endsOtherwise || share.clients?.includes(clientId) === false;
}

function isTighter(before: readonly string[] | undefined, after: readonly string[] | undefined): boolean {
  return after !== undefined && (before === undefined || before.some((one) => !after.includes(one)));
}
