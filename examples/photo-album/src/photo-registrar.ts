import { Injectable } from '@nestjs/common';
import { ProtectionApi, type ResourceOwner } from 'pulsegate/uma';

import { Photos } from './photos.js';

/** Puts photos under the protection of their owner's authorization server. */
@Injectable()
export class PhotoRegistrar {
  constructor(
    private readonly photos: Photos,
    private readonly protectionApi: ProtectionApi,
  ) {}

  /** Registers the photos that nobody owns yet. @returns their titles */
  async protectFor(owner: ResourceOwner): Promise<readonly string[]> {
    const titles: string[] = [];
    for (const { id, title } of this.photos.all) {
      if ((await this.photos.find(id)) !== undefined) continue;
      const description = { name: title, type: 'https://schema.org/Photograph', resource_scopes: ['view', 'print'] };
      const { umaResourceId } = await this.protectionApi.register(owner, description);
      this.photos.protect({ id, owner, umaResourceId });
      titles.push(title);
    }
    return titles;
  }
}
