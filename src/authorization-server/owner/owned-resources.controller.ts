import { Controller, Get, Header, UseGuards } from '@nestjs/common';

import { RegisteredResources } from '../uma/registered-resources.js';
import { scopeName } from '../uma/scope-catalogue.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';

/** A resource as its owner sees it when sharing. */
export interface OwnedResourceView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly { readonly id: string; readonly name: string }[];
}

/** The owner's API of what there is to share. */
@Controller('/api/resources')
@UseGuards(OwnerGuard)
export class OwnedResourcesController {
  constructor(private readonly resources: RegisteredResources) {}

  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentOwner() ownerId: string): Promise<readonly OwnedResourceView[]> {
    const resources = await this.resources.ofOwner(ownerId);
    return resources.map(({ id, description: { name = 'Unnamed', resource_scopes: scopes } }) => ({
      id,
      name,
      scopes: scopes.map((scope) => ({ id: scope, name: scopeName(scope) })),
    }));
  }
}
