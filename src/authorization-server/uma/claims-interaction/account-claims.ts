import type { Account } from '../../oidc/accounts/accounts.js';
import { ACR_CLAIM, type ClaimRequirement, EMAIL_CLAIM, PURPOSE_CLAIM } from '../../policy/claims.js';
import type { Evidence, GivenClaim } from '../evidence.js';

/** Says that somebody typed their password a short while ago. */
export const RECENT_SIGN_IN_ACR = 'urn:pulsegate:acr:recent-sign-in';

/** How long a sign-in is recent, in milliseconds. */
export const RECENT_SIGN_IN_MS = 5 * 60_000;

/** Somebody who is signed in here, and since when. */
export interface SignedInPerson {
  readonly account: Account;
  readonly signedInMs: number;
}

/** What a requesting party agrees to tell about themselves. */
export interface Disclosure {
  readonly claims: readonly ClaimRequirement[];
  /** HL7 PurposeOfUse code; chosen by the person where it is asked for. */
  readonly purpose: string | undefined;
}

/** Those of the asked claims that this server can speak of. */
export function answerable(claims: readonly ClaimRequirement[], issuer: string): readonly ClaimRequirement[] {
  return claims.filter(
    ({ name, issuers }) =>
      ['sub', EMAIL_CLAIM, PURPOSE_CLAIM, ACR_CLAIM].includes(name) &&
      (issuers.length === 0 || issuers.includes(issuer)),
  );
}

/** Whether a person has to sign in anew for what is asked. */
export function needsRecentSignIn(
  claims: readonly ClaimRequirement[],
  { signedInMs }: SignedInPerson,
  nowMs: number,
): boolean {
  return claims.some(({ name }) => name === ACR_CLAIM) && signedInMs + RECENT_SIGN_IN_MS <= nowMs;
}

/**
 * What a person's account says of them, as far as they agreed to tell it. That a sign-in was recent holds no longer than it
 * is.
 *
 * @param times of now and of when the claims are too old to rely on, in milliseconds
 */
export function accountEvidence(
  issuer: string,
  { account, signedInMs }: SignedInPerson,
  { claims, purpose }: Disclosure,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Evidence {
  const asked = (name: string): boolean => claims.some((claim) => claim.name === name);
  const claim = (name: string, value: string, until = untilMs): GivenClaim => ({ name, value, issuer, untilMs: until });
  const recentUntilMs = signedInMs + RECENT_SIGN_IN_MS;
  return {
    person: { issuer, subject: account.id },
    identifiedMs: nowMs,
    untilMs,
    claims: [
      claim('name', account.name),
      ...(asked(EMAIL_CLAIM) && account.emailVerified ? [claim(EMAIL_CLAIM, account.email)] : []),
      ...(asked(PURPOSE_CLAIM) && purpose !== undefined ? [claim(PURPOSE_CLAIM, purpose)] : []),
      ...(asked(ACR_CLAIM) && recentUntilMs > nowMs ? [claim(ACR_CLAIM, RECENT_SIGN_IN_ACR, recentUntilMs)] : []),
    ],
  };
}
