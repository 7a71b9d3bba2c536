import type { Secret } from '../../common/secret.js';

/**
 * Whose persisted claims token (PCT), and from which authorization server: it goes to that one alone, and is never used
 * for another person.
 */
export interface PctKey {
  /** Issuer of the authorization server. */
  readonly authorizationServer: string;
  /** Who vouches for the requesting party. */
  readonly personIssuer: string;
  /** The requesting party's `sub` there. */
  readonly personSubject: string;
}

/**
 * Keeps PCTs between calls. A PCT stands for claims about a person: whoever stores it on disk encrypts it.
 *
 * @see UMA 2.0 Grant sections 3.3.1 (`pct`) and 5.2
 */
export abstract class PctStore {
  abstract get(key: PctKey): Promise<Secret | undefined>;

  /** Keeps a PCT, in place of an earlier one: it was replaced. */
  abstract put(key: PctKey, pct: Secret): Promise<void>;

  /** Forgets a PCT. @returns what was kept, to be revoked */
  abstract take(key: PctKey): Promise<Secret | undefined>;
}
