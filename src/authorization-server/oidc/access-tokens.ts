import { Inject, Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';

import { scopesOf } from '../../uma/protocol/scopes.js';
import { OIDC_PROVIDER } from './oidc.options.js';

/** What a valid access token of this server says. */
export interface AccessTokenFacts {
  /** The person who gave it; absent when the client acts for itself (client credentials). */
  readonly accountId?: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Tells what the access tokens are worth that this server has issued. */
@Injectable()
export class AccessTokens {
  constructor(@Inject(OIDC_PROVIDER) private readonly provider: Provider) {}

  /** @returns undefined for a token that is unknown, expired, revoked, or whose consent or session has ended */
  async find(token: string): Promise<AccessTokenFacts | undefined> {
    return (await this.ofPerson(token)) ?? (await this.ofClient(token));
  }

  private async ofPerson(token: string): Promise<AccessTokenFacts | undefined> {
    const found = await this.provider.AccessToken.find(token);
    const { accountId, clientId, exp } = found ?? {};
    if (found?.grantId === undefined || accountId === undefined || clientId === undefined || exp === undefined) {
      return undefined;
    }
    // A token that is bound to a key is no bearer token, and nothing here asks for the key.
    if (found.jkt !== undefined) return undefined;
    const grant = await this.provider.Grant.find(found.grantId);
    if (grant?.accountId !== accountId || grant.clientId !== clientId) return undefined;
    return { accountId, clientId, scopes: scopesOf(found.scope), expiresAt: exp };
  }

  private async ofClient(token: string): Promise<AccessTokenFacts | undefined> {
    const { clientId, scope, exp, jkt } = (await this.provider.ClientCredentials.find(token)) ?? {};
    if (clientId === undefined || exp === undefined || jkt !== undefined) return undefined;
    return { clientId, scopes: scopesOf(scope), expiresAt: exp };
  }
}
