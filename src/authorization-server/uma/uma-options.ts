import type { Secret } from '../../common/secret.js';

/** Settings of the UMA part of the authorization server. */
export abstract class UmaOptions {
  /** Identifier of this authorization server, an absolute URL without trailing slash. */
  abstract readonly issuer: string;
  /** Key from which the pairwise subjects of introspection answers are derived. */
  abstract readonly secretKey: Secret;
  /** How long a permission ticket can be presented, in seconds; a resource server may register less. */
  abstract readonly ticketLifetimeSeconds: number;
  /** How long a requesting party token lives, in seconds; a resource server may register less. */
  abstract readonly rptLifetimeSeconds: number;
}
