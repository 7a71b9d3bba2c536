import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { RegisteredResources } from '../uma/registered-resources.js';
import { scopeName } from '../uma/scope-catalogue.js';
import type { OwnedResourceView } from './owned-resource-view.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';

/** The owner's API of what there is to share. */
@ApiTags('Owner')
@Controller('/api/resources')
@UseGuards(OwnerGuard)
export class OwnedResourcesController {
  constructor(private readonly resources: RegisteredResources) {}

  /** What there is to share, in words. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentOwner() ownerId: string): Promise<OwnedResourceView[]> {
    const resources = await this.resources.ofOwner(ownerId);
    return resources.map(({ id, description: { name = 'Unnamed', type, resource_scopes: scopes } }) => ({
      id,
      name,
      ...(type === undefined ? {} : { type }),
      scopes: scopes.map((scope) => ({ id: scope, name: scopeName(scope) })),
    }));
  }
}
