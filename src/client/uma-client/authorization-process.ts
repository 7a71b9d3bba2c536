import type { Secret } from '../../common/secret.js';

/**
 * An authorization process that has not come to its end, as it may be kept until the person or the owner has done their
 * part.
 *
 * @see UMA 2.0 Grant section 1.2 (authorization process)
 */
export interface AuthorizationProcess {
  /** Issuer of the authorization server. */
  readonly authorizationServer: string;
  /** The most recent permission ticket. It is good for one use: whoever is about to use it forgets it first. */
  readonly ticket: Secret;
  /** Which claim tokens were pushed so far: pushed again they would change nothing. */
  readonly pushed: readonly string[];
}
