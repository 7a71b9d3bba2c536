import type { Secret } from '../../common/secret.js';
import type { ResourceOwner } from './resource-owner.js';

/**
 * Where the protection API gets its access tokens (PATs) from: one for each resource owner.
 *
 * @see UMA 2.0 Federated Authorization section 1.3
 */
export abstract class PatSource {
  /** The owner's PAT; `undefined` when there is none, or it cannot be renewed now. */
  abstract patOf(owner: ResourceOwner): Promise<Secret | undefined>;

  /** Whether the owner has a PAT that works, or can be renewed, though perhaps not now. */
  abstract has(owner: ResourceOwner): Promise<boolean>;

  /**
   * After a 401: a newer PAT than `rejected`, renewed once for all waiters; `undefined` when it cannot be renewed.
   *
   * @param rejected the PAT the authorization server did not accept
   */
  abstract renew(owner: ResourceOwner, rejected: Secret): Promise<Secret | undefined>;
}
