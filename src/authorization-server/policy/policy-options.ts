import type { Secret } from '../../common/secret.js';

/** Where an external decision point is. */
export interface ExternalDecisionPointOptions {
  /** Its identifier, an absolute URL without trailing slash. */
  readonly url: string;
  /** Bearer token that it wants to see. */
  readonly token: Secret | undefined;
  /** How long it may take to answer, in milliseconds; a few seconds when left out. */
  readonly timeLimitMs?: number;
}

/** Settings of the decisions. */
export abstract class PolicyOptions {
  /** Identifier of this authorization server. */
  abstract readonly issuer: string;
  /** Issuers beside this server whose claims are believed, whichever client brings them. */
  abstract readonly claimIssuers: readonly string[];
  /** Another decision point that has to permit as well. */
  readonly externalDecisionPoint?: ExternalDecisionPointOptions | undefined;
}
