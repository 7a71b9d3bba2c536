import { Injectable } from '@nestjs/common';

import {
  AuthorizationServerUnreachable,
  OwnerMustSignIn,
} from '../uma/protection-api/authorization-server-unreachable.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { type OwnedResource, OwnedResources } from './owned-resources.js';
import { Registrations } from './registrations.js';

/** What an owner may reach: her own resource, and nothing of anybody else. */
@Injectable()
export class OwnerAccess {
  constructor(
    private readonly resources: OwnedResources,
    private readonly registrations: Registrations,
  ) {}

  /** The owner's resource; `undefined` before it was made. */
  ownResource(owner: ResourceOwner): Promise<OwnedResource | undefined> {
    return this.resources.ofOwner(owner);
  }

  /** The owner's resource by its id. @throws UmaError `not_found` when she has none with this id */
  async ownResourceById(owner: ResourceOwner, id: string): Promise<OwnedResource> {
    const resource = await this.resources.ofOwner(owner);
    if (resource?.id !== id) throw new UmaError('not_found', 'You have no such resource.');
    return resource;
  }

  /** The owner's resource, made when there is none. */
  ensureResource(owner: ResourceOwner): Promise<OwnedResource> {
    return this.registrations.claim(owner);
  }

  /** The owner's resource, registered. @throws UmaError `temporarily_unavailable` while it cannot be */
  async ensureRegistered(owner: ResourceOwner): Promise<OwnedResource> {
    try {
      return await this.registrations.keepInStep(owner);
    } catch (cause) {
      if (!(cause instanceof AuthorizationServerUnreachable)) throw cause;
      throw cannotAsk(cause);
    }
  }
}

/** What an owner is told when her authorization server gives no answer. */
export function cannotAsk(cause: AuthorizationServerUnreachable): UmaError {
  const sentence =
    cause instanceof OwnerMustSignIn
      ? 'The authorization server lets this one act for you no more: sign in again.'
      : 'The authorization server cannot be asked now.';
  return new UmaError('temporarily_unavailable', sentence, {}, { cause });
}
