import type { Person } from '../policy/person.js';

/** A claim token as a client pushed it. @see UMA 2.0 Grant section 3.3.1 */
export interface ClaimToken {
  readonly token: string;
  /** `claim_token_format`. */
  readonly format: string;
}

/** What a client is told of the claim tokens that help: formats and issuers, any of which will do. */
export interface AcceptedClaimTokens {
  readonly formats: readonly string[];
  readonly issuers: readonly string[];
}

/** Port to whatever can tell from a claim token who the requesting party is. */
export abstract class ClaimTokenVerifier {
  /** What is accepted. */
  abstract readonly accepted: AcceptedClaimTokens;

  /**
   * @param clientId the authenticated client that pushed the token; it must have been issued to this one
   * @returns the person, or `undefined` when the token proves nothing, whatever is wrong with it
   */
  abstract verify(claimToken: ClaimToken, clientId: string): Promise<Person | undefined>;
}
