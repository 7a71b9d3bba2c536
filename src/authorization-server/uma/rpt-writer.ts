import { Injectable } from '@nestjs/common';

import { randomHandle } from '../../common/randomness.js';
import type { Permission } from '../../uma/protocol/permissions.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import { pairwiseSubject } from './pairwise-subject.js';
import type { RptRow } from './rpt-permissions.js';
import { UmaOptions } from './uma-options.js';

/** The longest self-contained token, in bytes: request headers have their limits. */
export const MAX_JWT_BYTES = 4_096;

type Token = Pick<
  RptRow,
  | 'rpt_format'
  | 'token_id'
  | 'resource_server'
  | 'audience'
  | 'client_id'
  | 'subject_issuer'
  | 'subject'
  | 'key_thumbprint'
  | 'issued_at'
  | 'expires_at'
>;

/** Writes requesting party tokens: opaque, or as a JWT for a resource server that registered for it. */
@Injectable()
export class RptWriter {
  constructor(
    private readonly signer: TokenSigner,
    private readonly options: UmaOptions,
  ) {}

  /** @returns the token; opaque too where it would be too long as a JWT */
  write(token: Token, permissions: readonly Permission[]): string {
    if (token.rpt_format !== 'jwt') return randomHandle();
    const jwt = this.signer.sign('at+jwt', this.claimsOf(token, permissions));
    return jwt.length <= MAX_JWT_BYTES ? jwt : randomHandle();
  }

  /** There is no `scope`: the permissions say it. @see RFC 9068 section 2.2, UMA 2.0 Federated Authorization section 5 */
  private claimsOf(token: Token, permissions: readonly Permission[]): Record<string, unknown> {
    const { issuer, secretKey } = this.options;
    const person = { issuer: token.subject_issuer, subject: token.subject };
    return {
      iss: issuer,
      aud: token.audience,
      sub: pairwiseSubject(secretKey, token.resource_server, person),
      client_id: token.client_id,
      jti: token.token_id,
      iat: token.issued_at,
      exp: token.expires_at,
      ...(token.key_thumbprint === null ? {} : { cnf: { jkt: token.key_thumbprint } }),
      permissions: permissions.map(({ resourceId, resourceScopes, exp }) => ({
        resource_id: resourceId,
        resource_scopes: resourceScopes,
        exp,
      })),
    };
  }
}
