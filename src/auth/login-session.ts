import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';

/** Somebody who is signed in with a browser. */
export interface LoginSession {
  /** Identifies the session in the database; it opens nothing. */
  readonly id: string;
  readonly person: ResourceOwner;
  /** What the person is called, when the authorization server tells. */
  readonly name?: string;
  /** Goes into every form and every changing call, so that no other site can make them. */
  readonly csrfToken: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; set by `SignedInGuard`. */
    loginSession?: LoginSession;
  }
}
