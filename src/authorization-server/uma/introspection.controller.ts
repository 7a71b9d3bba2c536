import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';

import type { Permission } from '../../uma/protocol/permissions.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { pairwiseSubject } from './pairwise-subject.js';
import { CurrentPat, type Pat } from './pat.js';
import { PatGuard } from './pat.guard.js';
import type { GrantedPermission, IntrospectionAnswer } from './protection-api-answers.js';
import { IntrospectionRequestDto } from './protection-api.dto.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { UmaOptions } from './uma-options.js';

/**
 * The introspection endpoint: tells a resource server what a requesting party token permits at its resources.
 *
 * @see UMA 2.0 Federated Authorization section 5, RFC 7662
 */
@ApiTags('UMA protection API')
@Controller(ENDPOINTS.introspection)
@UseGuards(PatGuard)
export class IntrospectionController {
  constructor(
    private readonly rpts: RequestingPartyTokens,
    private readonly options: UmaOptions,
  ) {}

  /** Tells what an RPT permits at the resources of the resource server that asks. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionRequestDto })
  async introspect(@CurrentPat() pat: Pat, @Body() body: unknown): Promise<IntrospectionAnswer> {
    const token = isJsonObject(body) ? body['token'] : undefined;
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
