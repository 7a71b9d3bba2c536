import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { ShareTerms } from '../policy/share.js';
import { ShareRefusal } from './share-refusal.js';

/**
 * Checks what is to be shared.
 *
 * @throws ShareRefusal for nothing, UmaError `invalid_scope` for a scope that is not available
 */
export function checkScopes(scopes: readonly string[], availableScopes: readonly string[]): void {
  if (scopes.length === 0) throw new ShareRefusal('scopes', 'Say what is to be shared.');
  if (missingScopes(scopes, availableScopes).length > 0) {
    throw new UmaError('invalid_scope', 'The resource does not have all that is to be shared.');
  }
}

/** Gives terms back that are, or will be, in force some time. @throws ShareRefusal for others */
export function checkTime<Terms extends ShareTerms>(terms: Terms, nowMs: number): Terms {
  const { startsMs, expiresMs } = terms;
  if (expiresMs !== undefined && expiresMs <= Math.max(startsMs ?? -Infinity, nowMs)) {
    throw new ShareRefusal('time', 'The share would be over before it begins.');
  }
  return terms;
}
