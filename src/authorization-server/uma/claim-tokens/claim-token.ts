import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { Evidence } from '../evidence.js';

/** A claim token as a client pushed it. @see UMA 2.0 Grant section 3.3.1 */
export interface ClaimToken {
  readonly token: string;
  /** `claim_token_format`. */
  readonly format: string;
}

/** What a claim token proves. */
export interface ProvenClaims {
  readonly evidence: Evidence;
  /** What makes the token good for one use: a name that no other token has. */
  readonly oneUse?: { readonly name: string; readonly untilMs: number };
}

/** Port to one way of writing claims in a token that a client pushes. */
export abstract class ClaimTokenFormat {
  /** Every spelling of `claim_token_format` that means it; the first is the one that is asked for. */
  abstract readonly names: readonly string[];

  /** The issuers whose tokens a client may push. */
  abstract issuersFor(client: RegisteredClient): readonly string[];

  /**
   * @param client the authenticated client that pushed the token
   * @returns `undefined` when the token proves nothing, whatever is wrong with it
   */
  abstract verify(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined>;
}
