import { Injectable, Logger } from '@nestjs/common';
import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';

import { Clock } from '../../../common/clock.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { Person } from '../../policy/person.js';
import { UmaOptions } from '../uma-options.js';
import { ClaimTokenFormat, type ProvenClaims } from './claim-token.js';
import { givenClaims } from './claims-of-payload.js';
import { IssuerKeys } from './issuer-keys.js';
import { compactForm, isTypeOf, oneUseOf, SIGNATURE_ALGORITHMS } from './signed-token.js';

const MAX_AGE_SECONDS = 300;
const CLOCK_SKEW_SECONDS = 60;

/** Name of the format. @see RFC 8693 section 3 */
export const CLAIMS_JWT_FORMAT = 'urn:ietf:params:oauth:token-type:jwt';

/**
 * Signed statements about a person, made for this authorization server: `aud` is its issuer, `client_id` the client that
 * pushes it, `jti` makes it good for one use, and it is at most five minutes old. `sub` names the person as the issuer
 * knows them; a `sub_id` of format `iss_sub` names a person whom another issuer of the client identifies.
 *
 * @see RFC 7519, RFC 9493 section 3.2.3 (`iss_sub`)
 */
@Injectable()
export class ClaimsJwtFormat extends ClaimTokenFormat {
  override readonly names = [CLAIMS_JWT_FORMAT];
  private readonly logger = new Logger(ClaimsJwtFormat.name);

  constructor(
    private readonly keys: IssuerKeys,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {
    super();
  }

  override issuersFor({ claimTokenIssuers }: RegisteredClient): readonly string[] {
    return [...new Set([...this.options.claimIssuers, ...claimTokenIssuers])];
  }

  override async verify(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    try {
      return await this.proven(compactForm(token), client);
    } catch (error) {
      this.logger.debug(`A claims JWT was refused: ${error instanceof Error ? error.name : 'unknown reason'}`);
      return undefined;
    }
  }

  private async proven(token: string, client: RegisteredClient): Promise<ProvenClaims | undefined> {
    const { iss: issuer = '' } = decodeJwt(token);
    if (!this.issuersFor(client).includes(issuer)) return undefined;
    const { payload, protectedHeader } = await jwtVerify(token, await this.keys.of(issuer), {
      algorithms: [...SIGNATURE_ALGORITHMS],
      issuer,
      audience: this.options.issuer,
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(this.clock.nowMs()),
    });
    const person = this.personOf(payload, client);
    if (!isTypeOf(protectedHeader.typ, 'JWT') || payload['client_id'] !== client.clientId || !person) return undefined;
    const untilMs = this.clock.nowMs() + this.options.claimLifetimeSeconds * 1000;
    const claims = givenClaims(payload, issuer, untilMs);
    return { evidence: { person, untilMs, claims }, ...oneUseOf(payload) };
  }

  /** The person whom the token is about. */
  private personOf({ iss = '', sub = '', sub_id: named }: JWTPayload, client: RegisteredClient): Person | undefined {
    const person = named === undefined ? { issuer: iss, subject: sub } : personNamedBy(named);
    if (person === undefined || person.subject === '') return undefined;
    return this.maySpeakOf(iss, person.issuer, client) ? person : undefined;
  }

  /** Only a configured issuer may speak about somebody else's people: a client's own choice of issuers is not enough. */
  private maySpeakOf(issuer: string, personsIssuer: string, client: RegisteredClient): boolean {
    if (issuer === personsIssuer) return true;
    const isKnown = personsIssuer === this.options.issuer || this.issuersFor(client).includes(personsIssuer);
    return isKnown && this.options.claimIssuers.includes(issuer);
  }
}

function personNamedBy(subjectId: unknown): Person | undefined {
  if (!isJsonObject(subjectId) || subjectId['format'] !== 'iss_sub') return undefined;
  const { iss: issuer, sub: subject } = subjectId;
  return typeof issuer === 'string' && typeof subject === 'string' ? { issuer, subject } : undefined;
}
