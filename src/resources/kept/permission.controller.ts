import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentSession } from '../../auth/current-session.decorator.js';
import type { LoginSession } from '../../auth/login-session.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import { AuthorizationServerUnreachable } from '../../uma/protection-api/authorization-server-unreachable.js';
import { ProtectionApi } from '../../uma/protection-api/protection-api.js';
import type { ResourceOwner } from '../../uma/protection-api/resource-owner.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { readScope } from '../heart-rate-resource.js';
import { isRegistered } from '../owned-resources.js';
import { cannotAsk, OwnerAccess } from '../owner-access.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import type { OldPermission } from './kept-answers.js';

/** Shows an owner a permission ticket for her own heart rate, as the systems before did; for trying things out. */
@ApiTags('Kept for older clients')
@Controller('permission')
@SignedIn()
export class PermissionController {
  private readonly scope: string;

  constructor(
    private readonly access: OwnerAccess,
    private readonly protectionApi: ProtectionApi,
    @Inject(RESOURCES_OPTIONS) options: ResourcesOptions,
  ) {
    this.scope = readScope(options.legacyScope);
  }

  /** A ticket for every sample of the owner's heart rate. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async ticket(@CurrentSession() { person }: LoginSession): Promise<OldPermission> {
    const resource = await this.access.ownResource(person);
    if (resource === undefined || !isRegistered(resource)) {
      throw new UmaError('not_found', 'Your heart rate is not registered.');
    }
    return { ticket: await this.ticketFor(person, resource.umaResourceId), as_uri: person.issuer };
  }

  private async ticketFor(owner: ResourceOwner, resourceId: string): Promise<string> {
    try {
      return await this.protectionApi.requestPermission(owner, [{ resourceId, resourceScopes: [this.scope] }]);
    } catch (cause) {
      if (!(cause instanceof AuthorizationServerUnreachable)) throw cause;
      throw cannotAsk(cause);
    }
  }
}
