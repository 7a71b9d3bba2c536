import type { Secret } from '../../common/secret.js';
import type { PartialGrants } from './assessment.js';

/** Settings of the UMA part of the authorization server. */
export abstract class UmaOptions {
  /** Identifier of this authorization server, an absolute URL without trailing slash. */
  abstract readonly issuer: string;
  /** Key from which the pairwise subjects of introspection answers are derived, and claims are sealed. */
  abstract readonly secretKey: Secret;
  /** How long a permission ticket can be presented, in seconds; a resource server may register less. */
  abstract readonly ticketLifetimeSeconds: number;
  /** How long a requesting party token lives, in seconds; a resource server may register less. */
  abstract readonly rptLifetimeSeconds: number;
  /** How long a requesting party token can be renewed by refresh tokens, in seconds. */
  abstract readonly refreshLifetimeSeconds: number;
  /** How long what somebody proved about themselves is relied on, in seconds. */
  abstract readonly claimLifetimeSeconds: number;
  /** Issuers beside this server whose claims are believed, whichever client brings them. */
  abstract readonly claimIssuers: readonly string[];
  /** How much of a request has to be permitted. */
  abstract readonly partialGrants: PartialGrants;
}

/** Injection token of the `Sealer` for people's claims. */
export const UMA_SEALER = Symbol('UmaSealer');
