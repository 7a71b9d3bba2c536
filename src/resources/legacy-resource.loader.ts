import { Inject, Injectable } from '@nestjs/common';

import { UmaError } from '../uma/protocol/uma-error.js';
import { ResourceLoader } from '../uma/guard/uma-protection.js';
import type { ProtectedResource } from '../uma/protection-api/protected-resources.js';
import { OwnedResources } from './owned-resources.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';

/** Finds the one resource that `/hearthRate` serves: in the systems before there was only one owner. */
@Injectable()
export class LegacyResourceLoader extends ResourceLoader {
  constructor(
    private readonly resources: OwnedResources,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {
    super();
  }

  /** @throws UmaError `not_found`, saying why, when there is none or it is not clear which is meant */
  override async resourceId(): Promise<string> {
    const [only, ...others] = await this.meant();
    if (only === undefined) {
      throw new UmaError('not_found', 'There is no heart rate here yet: its owner has not signed in.');
    }
    if (others.length > 0) {
      throw new UmaError(
        'not_found',
        'There are several owners, and LEGACY_OWNER does not say whose heart rate is meant.',
      );
    }
    return only.id;
  }

  /** A subject is unique at its issuer, a name is not: so a subject goes first. */
  private async meant(): Promise<readonly ProtectedResource[]> {
    const { legacyOwner: owner } = this.options;
    if (owner === undefined) return this.resources.firstTwo({});
    const bySubject = await this.resources.firstTwo({ subject: owner });
    return bySubject.length > 0 ? bySubject : this.resources.firstTwo({ name: owner });
  }
}
