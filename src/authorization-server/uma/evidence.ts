import type { Claim } from '../policy/claims.js';
import { isSamePerson, type Person, type RequestingParty } from '../policy/person.js';

/** A claim that somebody gave, and when it is too old to rely on. */
export interface GivenClaim extends Claim {
  readonly untilMs: number;
}

/** What is known of a requesting party, and until when. Times are milliseconds. */
export interface Evidence {
  readonly person: Person;
  /** When they last proved to be this person. */
  readonly identifiedMs: number;
  /** When it is no longer certain that this is the person. */
  readonly untilMs: number;
  readonly claims: readonly GivenClaim[];
}

/**
 * Adds what was given now to what was known. Somebody else's claims are never mixed in: another person takes the place
 * of the one before.
 *
 * @see UMA 2.0 Grant section 5.2 (user switching)
 */
export function combined(known: Evidence | undefined, given: Evidence | undefined): Evidence | undefined {
  if (known === undefined || given === undefined) return given ?? known;
  if (!isSamePerson(known.person, given.person)) return given;
  const renewed = ({ name, issuer }: Claim): boolean =>
    given.claims.some((claim) => claim.name === name && claim.issuer === issuer);
  return {
    person: known.person,
    identifiedMs: Math.max(known.identifiedMs, given.identifiedMs),
    untilMs: Math.max(known.untilMs, given.untilMs),
    claims: [...known.claims.filter((claim) => !renewed(claim)), ...given.claims],
  };
}

/** The requesting party as far as the evidence still holds; `undefined` when nobody is identified. */
export function requestingPartyAt(evidence: Evidence | undefined, nowMs: number): RequestingParty | undefined {
  if (evidence === undefined || evidence.untilMs <= nowMs) return undefined;
  const { person, identifiedMs } = evidence;
  const claims = evidence.claims.filter(({ untilMs }) => untilMs > nowMs);
  return { person, identifiedMs, claims: claims.map(({ name, value, issuer }) => ({ name, value, issuer })) };
}
