import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { ClientMetadata } from 'oidc-provider';

import type { Client } from '../token-endpoint/basic-client.js';
import { OIDC_OPTIONS, OIDC_PROVIDER, type OidcOptions } from '../oidc.options.js';
import type { RptFormat, UmaClientMetadata } from './client-metadata.js';

/** A client of this server: an application that people use, a resource server, or both. */
export interface RegisteredClient {
  readonly clientId: string;
  /** What people call it. */
  readonly name: string;
  /** A resource server's identifier: the audience of tokens that are made for it. */
  readonly resource?: string;
  /** Scopes of resources that it may ask for: `RegisteredScopes`. */
  readonly umaScopes: readonly string[];
  /** How long its permission tickets last when less than the server's own. */
  readonly ticketLifetimeSeconds?: number;
  /** How long the RPTs for it last when less than the server's own. */
  readonly rptLifetimeSeconds?: number;
  readonly claimsRedirectUris: readonly string[];
  /** Issuers whose claim tokens it may push, beside those that are accepted from every client. */
  readonly claimTokenIssuers: readonly string[];
  /** Whether clients have to name it when they ask for a token for it. */
  readonly requiresResource: boolean;
  /** How the RPTs for it are written. */
  readonly rptFormat: RptFormat;
  /** Whether it renews its tokens by refresh tokens. */
  readonly usesRefreshTokens: boolean;
}

/** The clients from the configuration and those that registered themselves. */
@Injectable()
export class RegisteredClients implements OnApplicationBootstrap {
  /** What was read of the provider's clients, which it makes anew when their metadata change. */
  private readonly read = new WeakMap<object, RegisteredClient>();

  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    @Inject(OIDC_OPTIONS) private readonly options: OidcOptions,
  ) {}

  /**
   * Checks the clients of the configuration, once every room has added its grant types.
   *
   * @throws Error naming the first client whose metadata breaks a rule, and the rule
   */
  async onApplicationBootstrap(): Promise<void> {
    for (const { client_id } of this.options.clients) {
      await this.provider.Client.find(client_id).catch((cause: unknown) => {
        throw new Error(`Client ${client_id} of AS_CLIENTS is not valid: ${ruleOf(cause)}.`, { cause });
      });
    }
  }

  async find(clientId: string): Promise<RegisteredClient | undefined> {
    const client = await this.provider.Client.find(clientId);
    return client && this.of(client);
  }

  /** A client that the provider has found. */
  of(client: Client): RegisteredClient {
    const known = this.read.get(client);
    if (known !== undefined) return known;
    const read = clientOf(client.clientId, client.metadata());
    this.read.set(client, read);
    return read;
  }
}

function clientOf(clientId: string, metadata: ClientMetadata & UmaClientMetadata): RegisteredClient {
  const { client_name: name = clientId, grant_types: grantTypes = [], uma_scopes: umaScopes = [] } = metadata;
  return {
    clientId,
    name,
    umaScopes,
    usesRefreshTokens: grantTypes.includes('refresh_token'),
    ...wayOfAsking(metadata),
    ...wayOfServing(metadata),
  };
}

/** What counts when the client asks for tokens. */
function wayOfAsking({ claims_redirect_uris: redirects = [], claim_token_issuers: issuers = [] }: UmaClientMetadata) {
  return { claimsRedirectUris: redirects, claimTokenIssuers: issuers };
}

/** What counts when the client is a resource server that others ask tokens for. */
function wayOfServing(metadata: UmaClientMetadata) {
  const { resource, uma_ticket_lifetime: ticket, uma_rpt_lifetime: rpt } = metadata;
  const { require_resource: requiresResource = false, rpt_format: rptFormat = 'opaque' } = metadata;
  return {
    requiresResource,
    rptFormat,
    ...(resource !== undefined && { resource }),
    ...(ticket !== undefined && { ticketLifetimeSeconds: ticket }),
    ...(rpt !== undefined && { rptLifetimeSeconds: rpt }),
  };
}

function ruleOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'error_description' in error ? String(error.error_description) : error.message;
}
