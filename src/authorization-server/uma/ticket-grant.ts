import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';

import { UMA_TICKET_GRANT_TYPE } from '../../uma/protocol/constants.js';
import { scopesOf } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';
import { OIDC_PROVIDER } from '../oidc/oidc.options.js';
import { type GrantHandler, ownHandler, provenKey } from '../oidc/provider/internals.js';
import type { Client } from '../oidc/token-endpoint/basic-client.js';
import { DirectTokenEndpoint } from '../oidc/token-endpoint/direct-token-endpoint.js';
import type { ClaimToken } from './claim-tokens/claim-token.js';
import { renewedBy } from './refresh-handle.js';
import type { IssuedRpt } from './requesting-party-tokens.js';
import { RptRenewal } from './rpt-renewal.js';
import { presentScopes } from './scope-catalogue.js';
import { type RedemptionRequest, TicketRedemption } from './ticket-redemption.js';

type Parameters = Readonly<Record<string, unknown>>;

const PARAMETERS = ['ticket', 'claim_token', 'claim_token_format', 'pct', 'rpt', 'scope', 'resource'];
const REFRESH = 'refresh_token';

/**
 * The UMA grant at the token endpoint, and the refresh of its tokens. The provider has authenticated the client and
 * refused repeated parameters before it gets here.
 *
 * @see UMA 2.0 Grant sections 3.3 and 3.6
 */
@Injectable()
export class TicketGrant implements OnModuleInit {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly clients: RegisteredClients,
    private readonly redemption: TicketRedemption,
    private readonly renewal: RptRenewal,
    private readonly directEndpoint: DirectTokenEndpoint,
  ) {}

  onModuleInit(): void {
    const ownRefresh = ownHandler(this.provider, REFRESH);
    // RFC 8707 allows several `resource` parameters.
    this.register(UMA_TICKET_GRANT_TYPE, (ctx) => this.redeem(ctx), PARAMETERS, ['resource']);
    this.directEndpoint.add(UMA_TICKET_GRANT_TYPE, {
      parameters: PARAMETERS,
      grant: (client, parameters) => this.answer(client, parameters, undefined),
    });
    this.register(REFRESH, (ctx) => this.refresh(ctx, ownRefresh), [REFRESH, 'scope'], []);
  }

  private register(grantType: string, handle: GrantHandler, parameters: string[], repeatable: string[]): void {
    this.provider.registerGrantType(grantType, (ctx) => answered(ctx, handle), parameters, repeatable);
  }

  private async redeem(ctx: TokenEndpointGrantContext): Promise<void> {
    const keyThumbprint = await provenKey(this.provider, ctx);
    ctx.body = await this.answer(ctx.oidc.client, ctx.oidc.params, keyThumbprint);
  }

  private async answer(client: Client, parameters: Parameters, keyThumbprint: string | undefined): Promise<object> {
    const request = { ...requestOf(parameters), client: this.clients.of(client), keyThumbprint };
    const { resourceIdentifier, pct, ...rpt } = await this.redemption.redeem(request);
    return {
      ...tokenAnswer(rpt),
      ...(pct === undefined ? {} : { pct }),
      ...(rpt.upgraded ? { upgraded: true } : {}),
      ...(resourceIdentifier === undefined ? {} : { resource: [resourceIdentifier] }),
    };
  }

  private async refresh(ctx: TokenEndpointGrantContext, ownRefresh: GrantHandler): Promise<void> {
    const refreshToken = textOf(ctx.oidc.params, REFRESH);
    if (refreshToken === undefined || renewedBy(refreshToken) === undefined) return ownRefresh(ctx);
    const keyThumbprint = await provenKey(this.provider, ctx);
    const scopes = presentScopes(scopesOf(textOf(ctx.oidc.params, 'scope')));
    const { clientId } = ctx.oidc.client;
    ctx.body = tokenAnswer(await this.renewal.renew({ refreshToken, clientId, scopes, keyThumbprint }));
  }
}

/** The provider's own errors have no room for members such as `ticket`. */
async function answered(ctx: TokenEndpointGrantContext, handle: GrantHandler): Promise<void> {
  try {
    await handle(ctx);
  } catch (error) {
    if (!(error instanceof UmaError)) throw error;
    ctx.status = error.status;
    ctx.body = error.toBody();
  }
}

/** @see UMA 2.0 Grant section 3.3.5: no `scope` */
function tokenAnswer({ handle, expiresInSeconds, refreshToken, keyThumbprint }: IssuedRpt): Record<string, unknown> {
  return {
    access_token: handle,
    token_type: keyThumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresInSeconds,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  };
}

function requestOf(parameters: Parameters): Omit<RedemptionRequest, 'client' | 'keyThumbprint'> {
  const ticket = textOf(parameters, 'ticket');
  if (ticket === undefined) throw new UmaError('invalid_request', 'The parameter ticket is missing.');
  return {
    ticket,
    claimToken: claimTokenOf(parameters),
    pct: textOf(parameters, 'pct'),
    rpt: textOf(parameters, 'rpt'),
    scopes: scopesOf(textOf(parameters, 'scope')),
    resources: [parameters['resource'] ?? []].flat().filter((resource) => typeof resource === 'string'),
  };
}

function claimTokenOf(parameters: Parameters): ClaimToken | undefined {
  const [token, format] = [textOf(parameters, 'claim_token'), textOf(parameters, 'claim_token_format')];
  if (token === undefined && format === undefined) return undefined;
  if (token === undefined || format === undefined) {
    throw new UmaError('invalid_request', 'claim_token and claim_token_format come together.');
  }
  return { token, format };
}

/** A parameter without a value counts as absent. @see RFC 6749 section 3.2 */
function textOf(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
