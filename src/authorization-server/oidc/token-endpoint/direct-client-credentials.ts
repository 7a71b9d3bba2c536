import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';

import { missingScopes, scopesOf } from '../../../uma/protocol/scopes.js';
import { OIDC_PROVIDER } from '../oidc.options.js';
import type { Client } from './basic-client.js';
import { DirectTokenEndpoint, type GrantParameters } from './direct-token-endpoint.js';

/** Tokens that a client gets for itself, with scopes that it is registered for. @see RFC 6749 section 4.4 */
@Injectable()
export class DirectClientCredentials implements OnModuleInit {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly endpoint: DirectTokenEndpoint,
  ) {}

  onModuleInit(): void {
    this.endpoint.add('client_credentials', {
      parameters: ['scope'],
      grant: (client, parameters) => this.grant(client, parameters),
    });
  }

  private async grant(client: Client, { scope }: GrantParameters): Promise<object | undefined> {
    if (typeof scope !== 'string' || missingScopes(scope.split(' '), scopesOf(client.scope)).length > 0)
      return undefined;
    const token = new this.provider.ClientCredentials({ client, scope });
    const handle = await token.save();
    return { access_token: handle, expires_in: token.expiration, token_type: token.tokenType, scope };
  }
}
