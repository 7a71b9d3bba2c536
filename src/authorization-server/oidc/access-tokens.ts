import { Inject, Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';

import { digest } from '../../common/digest.js';
import { Recent } from '../../common/recent.js';
import type { OidcTables } from '../../database/authorization-server/oidc.js';
import { Database } from '../../database/database.js';
import { PreparedQuery } from '../../database/prepared-query.js';
import { scopesOf } from '../../uma/protocol/scopes.js';
import { OIDC_PROVIDER } from './oidc.options.js';

type AccessToken = InstanceType<Provider['AccessToken']>;

/** What a valid access token of this server says. */
export interface AccessTokenFacts {
  /** The person who gave it; absent when the client acts for itself (client credentials). */
  readonly accountId?: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** What was read of a token that outlives the session in which it was given. */
interface Reading extends AccessTokenFacts {
  /** When the consent ends that it rests on, in seconds since the Unix epoch. */
  readonly consentEndsAt: number;
}

/** A token and the consent that it rests on, each as it is stored: another text after each change. */
const STORED = new PreparedQuery<OidcTables, { id: string }, { readonly token: string; readonly consent: string }>(
  (kysely, value) =>
    kysely
      .selectFrom('oidc_payload as token')
      .innerJoin('oidc_payload as consent', (join) =>
        join.onRef('consent.id', '=', 'token.grant_id').on('consent.kind', '=', 'Grant'),
      )
      .select(['token.payload as token', 'consent.payload as consent'])
      .where('token.kind', '=', 'AccessToken')
      .where('token.id', '=', value('id')),
);

/** How many tokens are remembered. */
const READINGS = 1_000;

/**
 * Tells what the access tokens are worth that this server has issued. A resource server comes with the same token again
 * and again: as long as that and the consent it rests on are stored as they were, they say what they said.
 */
@Injectable()
export class AccessTokens {
  private readonly readings = new Recent<string, Reading>(READINGS);

  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly database: Database<OidcTables>,
  ) {}

  /** @returns undefined for a token that is unknown, expired, revoked, or whose consent or session has ended */
  async find(token: string): Promise<AccessTokenFacts | undefined> {
    const stored = await STORED.first(this.database.kysely, { id: digest(token) });
    if (stored === undefined) return this.ofClient(token);
    const name = `${stored.token} ${stored.consent}`;
    const known = this.readings.find(name);
    if (known !== undefined && isInTime(known)) return known;
    return (await this.ofPerson(token, name)) ?? this.ofClient(token);
  }

  /** @param name under which it is remembered what the token says */
  private async ofPerson(token: string, name: string): Promise<AccessTokenFacts | undefined> {
    const found = await this.provider.AccessToken.find(token);
    if (found === undefined) return undefined;
    const reading = await this.readingOf(found);
    // Whether its session has ended stands elsewhere.
    if (reading !== undefined && found.expiresWithSession !== true) this.readings.set(name, reading);
    return reading;
  }

  private async readingOf(found: AccessToken): Promise<Reading | undefined> {
    const { grantId, accountId, clientId, exp } = found;
    if (clientId === undefined || exp === undefined || isBoundToKey(found)) return undefined;
    const consent = await this.provider.Grant.find(grantId);
    if (consent?.exp === undefined || consent.accountId !== accountId || consent.clientId !== clientId)
      return undefined;
    return { accountId, clientId, scopes: scopesOf(found.scope), expiresAt: exp, consentEndsAt: consent.exp };
  }

  private async ofClient(token: string): Promise<AccessTokenFacts | undefined> {
    const found = await this.provider.ClientCredentials.find(token);
    const { clientId, scope, exp } = found ?? {};
    if (clientId === undefined || exp === undefined || isBoundToKey(found)) return undefined;
    return { clientId, scopes: scopesOf(scope), expiresAt: exp };
  }
}

/** By the provider's clock. */
function isInTime({ expiresAt, consentEndsAt }: Reading): boolean {
  return Date.now() < Math.min(expiresAt, consentEndsAt) * 1000;
}

/** Such a token is no bearer token, and nothing here asks for the key. @see RFC 9449 section 7.2 */
function isBoundToKey(token: { readonly jkt?: string | undefined } | undefined): boolean {
  return token?.jkt !== undefined;
}
