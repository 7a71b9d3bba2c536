import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';

import { UMA_TICKET_GRANT_TYPE } from '../../uma/protocol/constants.js';
import { scopesOf } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { OIDC_PROVIDER } from '../oidc/oidc.options.js';
import type { ClaimToken } from './claim-token.verifier.js';
import { type RedemptionRequest, TicketRedemption } from './ticket-redemption.js';

type Parameters = Readonly<Record<string, unknown>>;

/** `pct` and `rpt` are read by nothing: what they offer is ignored, as the standard allows, but never repeated. */
const PARAMETERS = ['ticket', 'claim_token', 'claim_token_format', 'pct', 'rpt', 'scope', 'resource'];

/**
 * The UMA grant at the token endpoint. The provider has authenticated the client and refused repeated parameters before
 * it gets here.
 *
 * @see UMA 2.0 Grant section 3.3
 */
@Injectable()
export class TicketGrant implements OnModuleInit {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly redemption: TicketRedemption,
  ) {}

  onModuleInit(): void {
    // RFC 8707 allows several `resource` parameters.
    this.provider.registerGrantType(UMA_TICKET_GRANT_TYPE, (ctx) => this.handle(ctx), PARAMETERS, ['resource']);
  }

  private async handle(ctx: TokenEndpointGrantContext): Promise<void> {
    try {
      ctx.body = await this.answer(ctx.oidc.client.clientId, ctx.oidc.params);
    } catch (error) {
      if (!(error instanceof UmaError)) throw error;
      // The provider's own errors have no room for members such as `ticket`.
      ctx.status = error.status;
      ctx.body = error.toBody();
    }
  }

  /** @see UMA 2.0 Grant section 3.3.5: no `scope` */
  private async answer(clientId: string, parameters: Parameters): Promise<Record<string, unknown>> {
    const { handle, expiresInSeconds, resourceIdentifier } = await this.redemption.redeem(
      redemptionRequest(clientId, parameters),
    );
    return {
      access_token: handle,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ...(resourceIdentifier === undefined ? {} : { resource: [resourceIdentifier] }),
    };
  }
}

function redemptionRequest(clientId: string, parameters: Parameters): RedemptionRequest {
  const ticket = textOf(parameters, 'ticket');
  if (ticket === undefined) throw new UmaError('invalid_request', 'The parameter ticket is missing.');
  return {
    ticket,
    clientId,
    claimToken: claimTokenOf(parameters),
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
