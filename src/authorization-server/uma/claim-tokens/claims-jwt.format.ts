import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';

import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { Person } from '../../policy/person.js';
import { SignedTokenFormat } from './signed-token.format.js';
import type { Expectations } from './token-claims.js';

const MAX_AGE_SECONDS = 300;

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
export class ClaimsJwtFormat extends SignedTokenFormat {
  override readonly names = [CLAIMS_JWT_FORMAT];

  override issuersFor({ claimTokenIssuers }: RegisteredClient): readonly string[] {
    return [...new Set([...this.options.claimIssuers, ...claimTokenIssuers])];
  }

  protected override expectationsOf(): Omit<Expectations, 'issuer'> {
    const requiredClaims = ['sub', 'exp', 'iat', 'jti', 'client_id'];
    return { audience: this.options.issuer, requiredClaims, maxTokenAge: MAX_AGE_SECONDS };
  }

  protected override personOf(payload: JWTPayload, client: RegisteredClient): Person | undefined {
    const { iss = '', sub, sub_id: named } = payload;
    if (payload['client_id'] !== client.clientId || typeof sub !== 'string') return undefined;
    const person = named === undefined ? { issuer: iss, subject: sub } : personNamedBy(named);
    return person !== undefined && this.maySpeakOf(iss, person.issuer, client) ? person : undefined;
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
