import type { JWTPayload } from 'jose';

import { CLOCK_SKEW_SECONDS } from './signed-token.js';

/** What the claims of a signed token have to be. */
export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
  readonly requiredClaims: readonly string[];
  /** The age in seconds from which on it is too old. */
  readonly maxTokenAge: number;
}

/** A signed token whose claims are not what they have to be. */
export class TokenClaimsError extends Error {
  override readonly name = 'TokenClaimsError';

  /** @param claim which one it is; what it says is nobody's business */
  constructor(readonly claim: string) {
    super(`The claim ${claim} of a token is not what it has to be.`);
  }
}

/**
 * Checks the claims that tell whom a token is from and for, and when it is good; clocks may differ a little. A token
 * without `iat` has no age.
 *
 * @param now seconds since the Unix epoch
 * @throws TokenClaimsError naming the first claim that is wrong, missing, or of another type
 * @see RFC 7519 section 4.1, RFC 8725 section 3
 */
export function checkTokenClaims(payload: JWTPayload, expected: Expectations, now: number): void {
  for (const claim of ['iat', ...expected.requiredClaims]) demand(payload[claim] !== undefined, claim);
  demand(payload.iss === expected.issuer, 'iss');
  demand([payload.aud].flat().includes(expected.audience), 'aud');
  const { iat, exp, nbf } = payload;
  demand(nbf === undefined || (isTime(nbf) && nbf <= now + CLOCK_SKEW_SECONDS), 'nbf');
  demand(exp === undefined || (isTime(exp) && exp > now - CLOCK_SKEW_SECONDS), 'exp');
  const age = isTime(iat) ? now - iat : NaN;
  demand(age >= -CLOCK_SKEW_SECONDS && age <= expected.maxTokenAge + CLOCK_SKEW_SECONDS, 'iat');
}

function demand(condition: boolean, claim: string): void {
  if (!condition) throw new TokenClaimsError(claim);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
