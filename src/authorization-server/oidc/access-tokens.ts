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
    const { grantId, accountId, clientId, exp } = found ?? {};
    if (grantId === undefined || accountId === undefined || clientId === undefined || exp === undefined) {
      return undefined;
    }
    const consented = !isBoundToKey(found) && (await this.isConsented(grantId, accountId, clientId));
    return consented ? { accountId, clientId, scopes: scopesOf(found?.scope), expiresAt: exp } : undefined;
  }

  private async isConsented(grantId: string, accountId: string, clientId: string): Promise<boolean> {
    const grant = await this.provider.Grant.find(grantId);
    return grant?.accountId === accountId && grant.clientId === clientId;
  }

  private async ofClient(token: string): Promise<AccessTokenFacts | undefined> {
    const found = await this.provider.ClientCredentials.find(token);
    const { clientId, scope, exp } = found ?? {};
    if (clientId === undefined || exp === undefined || isBoundToKey(found)) return undefined;
    return { clientId, scopes: scopesOf(scope), expiresAt: exp };
  }
}

/** Such a token is no bearer token, and nothing here asks for the key. @see RFC 9449 section 7.2 */
function isBoundToKey(token: { readonly jkt?: string | undefined } | undefined): boolean {
  return token?.jkt !== undefined;
}
