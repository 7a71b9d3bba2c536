import { Injectable } from '@nestjs/common';

import { PAT_SCOPE } from '../../uma/protocol/constants.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { BearerError, bearerToken } from './bearer.js';
import type { Pat } from './pat.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { UmaOptions } from './uma-options.js';

/** Tells for whom a request to the protection API speaks. */
@Injectable()
export class ProtectionApiAccess {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly rpts: RequestingPartyTokens,
    private readonly options: UmaOptions,
  ) {}

  /**
   * What the PAT of a request stands for: an access token of a person, with scope `uma_protection`.
   *
   * @param authorization the header of that name
   * @throws BearerError when there is none, or another token
   * @see UMA 2.0 Federated Authorization section 1.3, RFC 6750 section 3
   */
  async patOf(authorization: string | undefined): Promise<Pat> {
    const { issuer } = this.options;
    const token = bearerToken(authorization);
    if (token === undefined) throw BearerError.missing(issuer);
    const facts = await this.accessTokens.find(token);
    if (facts === undefined && !(await this.rpts.isActive(token))) throw BearerError.invalid(issuer);
    if (facts?.accountId === undefined || !facts.scopes.includes(PAT_SCOPE)) {
      throw BearerError.insufficient(issuer, PAT_SCOPE);
    }
    return { ownerId: facts.accountId, resourceServer: facts.clientId };
  }
}
