import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';

import { ID_TOKEN_CLAIM_FORMATS } from '../../../uma/protocol/constants.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { Person } from '../../policy/person.js';
import { SignedTokenFormat } from './signed-token.format.js';
import type { Expectations } from './token-claims.js';

const MAX_AGE_SECONDS = 3_600;

/**
 * ID tokens: of this server itself, and of the issuers that are accepted from the client. Each was issued to the client
 * that pushes it, and is at most an hour old.
 *
 * @see OpenID Connect Core 1.0 section 3.1.3.7, UMA 2.0 Grant section 3.3.1
 */
@Injectable()
export class IdTokenFormat extends SignedTokenFormat {
  override readonly names = ID_TOKEN_CLAIM_FORMATS;

  override issuersFor({ claimTokenIssuers }: RegisteredClient): readonly string[] {
    return [...new Set([this.options.issuer, ...this.options.claimIssuers, ...claimTokenIssuers])];
  }

  protected override expectationsOf({ clientId }: RegisteredClient): Omit<Expectations, 'issuer'> {
    return { audience: clientId, requiredClaims: ['sub', 'exp', 'iat'], maxTokenAge: MAX_AGE_SECONDS };
  }

  protected override personOf(payload: JWTPayload, { clientId }: RegisteredClient): Person | undefined {
    const { iss: issuer = '', sub: subject } = payload;
    return typeof subject === 'string' && isAuthorizedParty(payload, clientId) ? { issuer, subject } : undefined;
  }
}

function isAuthorizedParty({ azp, aud }: JWTPayload, clientId: string): boolean {
  return azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
}
