import { Inject, Injectable } from '@nestjs/common';

import { SingleFlight } from '../common/single-flight.js';
import { ProtectionApi } from '../uma/protection-api/protection-api.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { heartRateDescription, isInStep } from './heart-rate-resource.js';
import { type OwnedResource, OwnedResources } from './owned-resources.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';

/**
 * Keeps what this resource server has and what the authorization servers know of it in step.
 *
 * @see UMA 2.0 Federated Authorization section 3
 */
@Injectable()
export class Registrations {
  private readonly flights = new SingleFlight<OwnedResource>();
  private readonly wanted: ReturnType<typeof heartRateDescription>;

  constructor(
    private readonly resources: OwnedResources,
    private readonly protectionApi: ProtectionApi,
    @Inject(RESOURCES_OPTIONS) options: ResourcesOptions,
  ) {
    this.wanted = heartRateDescription(options.legacyScope);
  }

  /** The owner's resource, made when there is none; whether it is registered is another question. */
  claim(owner: ResourceOwner): Promise<OwnedResource> {
    return this.resources.claim(owner, this.wanted);
  }

  /**
   * Registers the owner's resource when the authorization server does not have it (any more), and replaces what it has
   * when that says something else. Our own id stays, so that no address of the resource ever changes.
   *
   * @throws AuthorizationServerUnreachable when the authorization server could not be asked, or refused
   */
  keepInStep(owner: ResourceOwner): Promise<OwnedResource> {
    return this.flights.run(JSON.stringify([owner.issuer, owner.subject]), async () => {
      const resource = await this.claim(owner);
      const { umaResourceId } = resource;
      const found = umaResourceId === undefined ? undefined : await this.protectionApi.read(owner, umaResourceId);
      if (umaResourceId === undefined || found === undefined) await this.register(resource);
      else if (!isInStep(found, this.wanted)) await this.protectionApi.replace(owner, umaResourceId, this.wanted);
      await this.resources.describe(resource.id, this.wanted);
      return this.claim(owner);
    });
  }

  private async register(resource: OwnedResource): Promise<void> {
    const registration = await this.protectionApi.register(resource.owner, this.wanted);
    const noted = await this.resources.register(resource, registration);
    // Another instance was faster: its registration holds, and ours would be one that nobody knows.
    if (!noted) await this.protectionApi.remove(resource.owner, registration.umaResourceId);
  }
}
