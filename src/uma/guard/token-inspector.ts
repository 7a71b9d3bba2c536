import { Injectable } from '@nestjs/common';

import type { Introspection } from '../protection-api/introspection.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import type { ResourceOwner } from '../protection-api/resource-owner.js';

/** Finds out what a token is worth to an owner's authorization server. */
@Injectable()
export class TokenInspector {
  constructor(private readonly protectionApi: ProtectionApi) {}

  /** @throws AuthorizationServerUnreachable when the authorization server gives no usable answer */
  inspect(owner: ResourceOwner, token: string): Promise<Introspection> {
    return this.protectionApi.introspect(owner, token);
  }
}
