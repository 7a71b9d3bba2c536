import type { Secret } from '../../common/secret.js';

/** An authorization server that tells when tokens end, and who this resource server is there. */
export interface SecurityEventSource {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** How authorization servers tell this resource server that tokens have ended. */
export interface SecurityEventsOptions {
  /**
   * Where they reach this very instance, its route `/security-events`: https, or http on this very machine. Instances that
   * share `News` may share it, too.
   */
  readonly endpointUrl: string;
  /** What such instances have in common, and nobody else knows. */
  readonly sharedSecret?: Secret;
  readonly sources: readonly SecurityEventSource[];
}
