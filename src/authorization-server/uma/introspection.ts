import { Injectable } from '@nestjs/common';

import type { Permission } from '../../uma/protocol/permissions.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { pairwiseSubject } from './pairwise-subject.js';
import type { Pat } from './pat.js';
import type { GrantedPermission, IntrospectionAnswer } from './protection-api-answers.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { UmaOptions } from './uma-options.js';

/**
 * Tells a resource server what a requesting party token permits at its resources.
 *
 * @see UMA 2.0 Federated Authorization section 5, RFC 7662
 */
@Injectable()
export class Introspection {
  constructor(
    private readonly rpts: RequestingPartyTokens,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @param form the parameters of the request
   * @throws UmaError `invalid_request` without one parameter `token`
   */
  async answer(pat: Pat, form: unknown): Promise<IntrospectionAnswer> {
    const token = isJsonObject(form) ? form['token'] : undefined;
    if (typeof token !== 'string' || token === '') {
      throw new UmaError('invalid_request', 'The form must have one parameter token.');
    }
    const rpt = await this.rpts.find(pat, token);
    if (rpt === undefined) return { active: false };
    const { issuer, secretKey } = this.options;
    return {
      active: true,
      iss: issuer,
      aud: rpt.audience,
      sub: pairwiseSubject(secretKey, pat.resourceServer, rpt.requestingParty),
      client_id: rpt.clientId,
      jti: rpt.id,
      token_type: rpt.keyThumbprint === undefined ? 'Bearer' : 'DPoP',
      ...(rpt.keyThumbprint === undefined ? {} : { cnf: { jkt: rpt.keyThumbprint } }),
      iat: rpt.issuedAt,
      exp: rpt.expiresAt,
      permissions: rpt.permissions.map(permissionOnTheWire),
    };
  }
}

function permissionOnTheWire({ resourceId, resourceScopes, exp }: Permission): GrantedPermission {
  return { resource_id: resourceId, resource_scopes: [...resourceScopes], exp };
}
