import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';

import { Clock } from '../../common/clock.js';
import { ID_TOKEN_CLAIM_FORMAT, ID_TOKEN_CLAIM_FORMATS } from '../../uma/protocol/constants.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import type { Person } from '../policy/person.js';
import { type AcceptedClaimTokens, type ClaimToken, ClaimTokenVerifier } from './claim-token.verifier.js';
import { UmaOptions } from './uma-options.js';

const MAX_AGE_SECONDS = 3600;
const CLOCK_SKEW_SECONDS = 60;

/**
 * Accepts the ID tokens of this authorization server itself.
 *
 * @see OpenID Connect Core 1.0 section 3.1.3.7, UMA 2.0 Grant section 3.3.1
 */
@Injectable()
export class IdTokenVerifier extends ClaimTokenVerifier {
  override readonly accepted: AcceptedClaimTokens;
  private readonly logger = new Logger(IdTokenVerifier.name);

  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {
    super();
    this.accepted = { formats: [ID_TOKEN_CLAIM_FORMAT], issuers: [options.issuer] };
  }

  override async verify({ token, format }: ClaimToken, clientId: string): Promise<Person | undefined> {
    if (!ID_TOKEN_CLAIM_FORMATS.includes(format)) return undefined;
    try {
      return await this.subjectOf(compactForm(token), clientId);
    } catch (error) {
      // The reason tells where a token of another purpose or time came from; it holds no claim's value.
      this.logger.debug(`A claim token was refused: ${error instanceof Error ? error.name : 'unknown reason'}`);
      return undefined;
    }
  }

  private async subjectOf(token: string, clientId: string): Promise<Person | undefined> {
    const { issuer } = this.options;
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(this.keys.publicJwks()), {
      algorithms: ['ES256'],
      issuer,
      audience: clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(this.clock.nowMs()),
    });
    const { sub: subject } = payload;
    const isIdToken = isIdTokenType(protectedHeader.typ) && isAuthorizedParty(payload, clientId);
    return isIdToken && typeof subject === 'string' && subject !== '' ? { issuer, subject } : undefined;
  }
}

/** The token itself; a token without dots was base64url-encoded once more, as the grant's default has it. */
function compactForm(token: string): string {
  return token.includes('.') ? token : Buffer.from(token, 'base64url').toString('utf8');
}

/** Tokens of other purposes (access tokens, logout tokens) say so in `typ`. @see RFC 8725 section 3.11 */
function isIdTokenType(typ: string | undefined): boolean {
  return typ === undefined || typ.toUpperCase() === 'JWT';
}

function isAuthorizedParty({ azp, aud }: JWTPayload, clientId: string): boolean {
  return azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
}
