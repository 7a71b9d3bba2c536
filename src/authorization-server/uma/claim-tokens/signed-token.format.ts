import { Injectable, Logger } from '@nestjs/common';
import { decodeJwt, type JWTPayload } from 'jose';

import { Clock } from '../../../common/clock.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { Person } from '../../policy/person.js';
import { UmaOptions } from '../uma-options.js';
import { ClaimTokenFormat, type ProvenClaims } from './claim-token.js';
import { givenClaims } from './claims-of-payload.js';
import { IssuerKeys } from './issuer-keys.js';
import { compactForm, isTypeOf, oneUseOf } from './signed-token.js';
import { checkTokenClaims, type Expectations } from './token-claims.js';

/** Claim tokens that their issuer signed: verified whole before anything of them is believed. @see RFC 7519, RFC 8725 */
@Injectable()
export abstract class SignedTokenFormat extends ClaimTokenFormat {
  private readonly logger = new Logger(this.constructor.name);

  constructor(
    private readonly keys: IssuerKeys,
    private readonly clock: Clock,
    protected readonly options: UmaOptions,
  ) {
    super();
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

  /** What a token that this client pushes has to be. */
  protected abstract expectationsOf(client: RegisteredClient): Omit<Expectations, 'issuer'>;

  /** The person whom a verified token is about; `undefined` when this client may not push it, or it names nobody. */
  protected abstract personOf(payload: JWTPayload, client: RegisteredClient): Person | undefined;

  private async proven(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    // Read before it is verified, only to find the keys to verify it with.
    const { iss: issuer = '' } = decodeJwt(token);
    if (!this.issuersFor(client).includes(issuer)) return undefined;
    const { payload, typ } = await this.keys.verified(token, issuer);
    checkTokenClaims(payload, { ...this.expectationsOf(client), issuer }, this.clock.nowSeconds());
    const person = isTypeOf(typ, 'JWT') ? this.personOf(payload, client) : undefined;
    if (person === undefined || person.subject === '') return undefined;
    const identifiedMs = (payload.iat ?? 0) * 1000;
    const untilMs = this.clock.nowMs() + this.options.claimLifetimeSeconds * 1000;
    const claims = givenClaims(payload, issuer, untilMs);
    return { evidence: { person, identifiedMs, untilMs, claims }, ...oneUseOf(payload) };
  }
}
