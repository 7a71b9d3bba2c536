import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import { PAT_SCOPE } from '../../uma/protocol/constants.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { BearerError, bearerToken } from './bearer.js';
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
    request.pat = await this.patOf(bearerToken(request.headers.authorization));
    return true;
  }

  private async patOf(token: string | undefined): Promise<Pat> {
    const { issuer } = this.options;
    if (token === undefined) throw BearerError.missing(issuer);
    const facts = await this.accessTokens.find(token);
    if (facts === undefined && !(await this.rpts.isActive(token))) throw BearerError.invalid(issuer);
    if (facts?.accountId === undefined || !facts.scopes.includes(PAT_SCOPE)) {
      throw BearerError.insufficient(issuer, PAT_SCOPE);
    }
    return { ownerId: facts.accountId, resourceServer: facts.clientId };
  }
}
