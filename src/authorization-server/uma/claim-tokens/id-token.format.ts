import { Injectable, Logger } from '@nestjs/common';
import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';

import { Clock } from '../../../common/clock.js';
import { ID_TOKEN_CLAIM_FORMATS } from '../../../uma/protocol/constants.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import { UmaOptions } from '../uma-options.js';
import { ClaimTokenFormat, type ProvenClaims } from './claim-token.js';
import { givenClaims } from './claims-of-payload.js';
import { IssuerKeys } from './issuer-keys.js';
import { compactForm, isTypeOf, oneUseOf, SIGNATURE_ALGORITHMS } from './signed-token.js';

const MAX_AGE_SECONDS = 3_600;
const CLOCK_SKEW_SECONDS = 60;

/**
 * ID tokens: of this server itself, and of the issuers that are accepted from the client. Each was issued to the client
 * that pushes it.
 *
 * @see OpenID Connect Core 1.0 section 3.1.3.7, UMA 2.0 Grant section 3.3.1
 */
@Injectable()
export class IdTokenFormat extends ClaimTokenFormat {
  override readonly names = ID_TOKEN_CLAIM_FORMATS;
  private readonly logger = new Logger(IdTokenFormat.name);

  constructor(
    private readonly keys: IssuerKeys,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {
    super();
  }

  override issuersFor({ claimTokenIssuers }: RegisteredClient): readonly string[] {
    return [...new Set([this.options.issuer, ...this.options.claimIssuers, ...claimTokenIssuers])];
  }

  override async verify(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    try {
      return await this.proven(compactForm(token), client);
    } catch (error) {
      // The reason tells where a token of another purpose or time came from; it holds no claim's value.
      this.logger.debug(`A claim token was refused: ${error instanceof Error ? error.name : 'unknown reason'}`);
      return undefined;
    }
  }

  private async proven(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    // Read before it is verified, only to find the keys to verify it with.
    const { iss: issuer = '' } = decodeJwt(token);
    if (!this.issuersFor(client).includes(issuer)) return undefined;
    const { payload, protectedHeader } = await jwtVerify(token, await this.keys.of(issuer), {
      algorithms: issuer === this.options.issuer ? ['ES256'] : [...SIGNATURE_ALGORITHMS],
      issuer,
      audience: client.clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(this.clock.nowMs()),
    });
    const { sub: subject } = payload;
    const isIdToken = isTypeOf(protectedHeader.typ, 'JWT') && isAuthorizedParty(payload, client.clientId);
    if (!isIdToken || typeof subject !== 'string' || subject === '') return undefined;
    const untilMs = this.clock.nowMs() + this.options.claimLifetimeSeconds * 1000;
    const claims = givenClaims(payload, issuer, untilMs);
    return { evidence: { person: { issuer, subject }, untilMs, claims }, ...oneUseOf(payload) };
  }
}

function isAuthorizedParty({ azp, aud }: JWTPayload, clientId: string): boolean {
  return azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
}
