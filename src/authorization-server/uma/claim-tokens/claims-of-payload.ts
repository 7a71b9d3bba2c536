import type { JWTPayload } from 'jose';

import { ACR_CLAIM, type Claim, type ClaimValue } from '../../policy/claims.js';
import { RECENT_SIGN_IN_MS } from '../claims-interaction/account-claims.js';
import type { GivenClaim } from '../evidence.js';

/** Members that are about the token, not about the person. @see RFC 7519 section 4.1, OpenID Connect Core 1.0 section 2 */
const ABOUT_THE_TOKEN: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'client_id', 'nonce', 'sid', 'sub_id', 'cnf'],
  ...['at_hash', 'c_hash', 's_hash', 'auth_time', 'email_verified', 'phone_number_verified'],
]);

const MAX_CLAIMS = 50;
const MAX_VALUES = 20;
const MAX_CHARACTERS = 1_000;

/**
 * What a verified token says about its person, and how long it is relied on: how they were authenticated for as long as that
 * is recent, everything else until `untilMs`.
 */
export function givenClaims(payload: JWTPayload, issuer: string, untilMs: number): readonly GivenClaim[] {
  const { auth_time: authTime, iat = 0 } = payload;
  const authenticatedMs = (typeof authTime === 'number' ? authTime : iat) * 1000;
  return claimsOfPayload(payload, issuer).map((claim) => ({
    ...claim,
    untilMs: claim.name === ACR_CLAIM ? Math.min(untilMs, authenticatedMs + RECENT_SIGN_IN_MS) : untilMs,
  }));
}

/**
 * What a verified token says about its person. A list is one claim for each of its values; what is no simple value is
 * left out, and so is an address that its issuer has not verified.
 */
function claimsOfPayload(payload: JWTPayload, issuer: string): readonly Claim[] {
  return Object.entries(payload)
    .filter(([name]) => !ABOUT_THE_TOKEN.has(name) && isVerified(name, payload))
    .slice(0, MAX_CLAIMS)
    .flatMap(([name, value]) => valuesOf(value).map((each) => ({ name, value: each, issuer })));
}

function isVerified(name: string, payload: JWTPayload): boolean {
  return !['email', 'phone_number'].includes(name) || payload[`${name}_verified`] === true;
}

function valuesOf(value: unknown): readonly ClaimValue[] {
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_VALUES) : [value];
  return values.filter(
    (each): each is ClaimValue =>
      typeof each === 'boolean' ||
      (typeof each === 'number' && Number.isFinite(each)) ||
      (typeof each === 'string' && each.length <= MAX_CHARACTERS),
  );
}
