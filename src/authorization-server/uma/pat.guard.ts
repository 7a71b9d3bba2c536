import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { PAT_SCOPE } from '../../uma/protocol/constants.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { type BearerRefusal, bearerToken, missingToken, refusedToken } from './bearer.js';
import type { Pat, RequestWithPat } from './pat.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { UmaOptions } from './uma-options.js';

/**
 * Lets a request into the protection API that carries a PAT: an access token of a person, with scope `uma_protection`.
 *
 * @see UMA 2.0 Federated Authorization section 1.3, RFC 6750 section 3
 */
@Injectable()
export class PatGuard implements CanActivate {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly rpts: RequestingPartyTokens,
    private readonly options: UmaOptions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithPat>();
    const outcome = await this.assess(bearerToken(request.headers.authorization));
    if ('challenge' in outcome) {
      void context.switchToHttp().getResponse<FastifyReply>().header('www-authenticate', outcome.challenge);
      throw outcome.error;
    }
    request.pat = outcome;
    return true;
  }

  private async assess(token: string | undefined): Promise<Pat | BearerRefusal> {
    const { issuer } = this.options;
    if (token === undefined) return missingToken(issuer);
    const facts = await this.accessTokens.find(token);
    if (facts === undefined && !(await this.rpts.isActive(token))) {
      return refusedToken(issuer, 'invalid_token', 'The access token is unknown or has expired.');
    }
    if (facts?.accountId === undefined || !facts.scopes.includes(PAT_SCOPE)) {
      const description = 'The protection API takes an access token of a resource owner with scope uma_protection.';
      return refusedToken(issuer, 'insufficient_scope', description, PAT_SCOPE);
    }
    return { ownerId: facts.accountId, resourceServer: facts.clientId };
  }
}
