import type { ResourceOwner } from './resource-owner.js';

/** A resource of this resource server that is registered at an authorization server. */
export interface ProtectedResource {
  /** The resource server's own identifier, as its URLs have it. */
  readonly id: string;
  /** Whose resource it is; the owner's issuer is the authorization server that protects it. */
  readonly owner: ResourceOwner;
  /** `_id` that the authorization server gave it. */
  readonly umaResourceId: string;
}

/**
 * Tells which resources are protected. The guard finds the owner, the authorization server and the PAT by it: from the
 * URL of a call, never from its token.
 *
 * @see UMA 2.0 Grant section 3.2
 */
export abstract class ProtectedResources {
  /** @returns `undefined` when there is no such resource, or it is not registered (yet) */
  abstract find(id: string): Promise<ProtectedResource | undefined>;
}
