import type { UmaDecision } from '../uma/guard/uma-decision.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { HEART_RATE_SCOPES } from './heart-rate-resource.js';

/** What of a heart rate may be let out, in whatever form and on whatever way. */
export interface View {
  /** Samples that were stored, one by one. */
  readonly samples: boolean;
  /** Samples one by one as they come in. */
  readonly live: boolean;
  /**
   * Samples added up: `whole`, all of them at any time; `settled`, so that no single one can be told from others; or not
   * at all.
   */
  readonly buckets: 'whole' | 'settled' | 'none';
}

/**
 * Decides what may be let out to whom scopes are in effect for. Whatever gives out heart rates asks here, and nothing else
 * decides.
 *
 * @param scopes those of the resource that are in effect, not only those that a route asks for
 * @param legacyScope the one scope of an authorization server set up for the systems before; it opens everything
 */
export function viewOf(scopes: readonly string[], legacyScope?: string): View {
  const opens = (scope: string): boolean => scopes.includes(legacyScope ?? scope);
  const samples = opens(HEART_RATE_SCOPES.read);
  return {
    samples,
    live: opens(HEART_RATE_SCOPES.stream),
    buckets: samples ? 'whole' : opens(HEART_RATE_SCOPES.summary) ? 'settled' : 'none',
  };
}

/**
 * Decides what whoever comes back to a live stream may be given of what was missed: everything, when samples are open one
 * by one; else what came in since the token was issued, as it would have been given by and by.
 *
 * @returns milliseconds since the Unix epoch, of when samples were received
 */
export function missedSinceMs({ scopes, issuedMs }: UmaDecision, legacyScope?: string): number {
  return viewOf(scopes, legacyScope).samples ? -Infinity : (issuedMs ?? Infinity);
}

/** @throws UmaError `insufficient_scope` when a view does not have what is asked for */
export function requireView(has: boolean): asserts has {
  if (!has) throw new UmaError('insufficient_scope', 'The scopes of this token do not open this.');
}
