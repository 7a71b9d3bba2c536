import type { Claim } from './claims.js';

/** A person: the issuer that identifies them, and their subject there. A subject alone names nobody. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** A person who asks for access, with what is known of them. */
export interface RequestingParty {
  readonly person: Person;
  readonly claims: readonly Claim[];
  /** When they last proved to be this person, in milliseconds; not given where that is only supposed. */
  readonly identifiedMs?: number;
}

/** Whether two people are the same one. */
export function isSamePerson(left: Person, right: Person): boolean {
  return left.issuer === right.issuer && left.subject === right.subject;
}
