import type { JWTPayload } from 'jose';

import type { ProvenClaims } from './claim-token.js';

/** Algorithms that claim issuers may sign with. `none` and shared secrets are not among them. */
export const SIGNATURE_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] as const;

/** How far an issuer's clock may be from ours, in seconds. */
export const CLOCK_SKEW_SECONDS = 60;

/** The token itself; a token without dots was base64url-encoded once more, as the grant's default has it. */
export function compactForm(token: string): string {
  return token.includes('.') ? token : Buffer.from(token, 'base64url').toString('utf8');
}

/** Tokens of other purposes (access tokens, logout tokens) say so in `typ`. @see RFC 8725 section 3.11 */
export function isTypeOf(typ: string | undefined, expected: string): boolean {
  const plain = typ?.toUpperCase().replace(/^APPLICATION\//, '');
  return plain === undefined || plain === expected;
}

/** A token with a `jti` is good for one use: that is remembered for as long as it would be accepted. @see RFC 7519 section 4.1.7 */
export function oneUseOf({ iss, jti, exp }: JWTPayload): Pick<ProvenClaims, 'oneUse'> {
  if (jti === undefined) return {};
  return { oneUse: { name: JSON.stringify([iss, jti]), untilMs: ((exp ?? 0) + CLOCK_SKEW_SECONDS) * 1000 } };
}
