import { Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { MAX_PERMISSIONS } from '../../uma/protocol/permission-request.js';
import { ENDPOINTS } from '../endpoints.js';
import { CurrentPat, type Pat } from './pat.js';
import { PatGuard } from './pat.guard.js';
import { PermissionRequests } from './permission-requests.js';
import type { TicketAnswer } from './protection-api-answers.js';
import { PermissionDto } from './protection-api.dto.js';

const PERMISSION = { $ref: getSchemaPath(PermissionDto) };

/**
 * The permission endpoint: a resource server asks for permissions on behalf of a client and gets a ticket for it.
 *
 * @see UMA 2.0 Federated Authorization section 4
 */
@ApiTags('UMA protection API')
@Controller(ENDPOINTS.permission)
@UseGuards(PatGuard)
export class PermissionController {
  constructor(private readonly permissionRequests: PermissionRequests) {}

  /** Gives a permission ticket for a client that came without a token that is good. */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @ApiExtraModels(PermissionDto)
  @ApiBody({
    schema: { oneOf: [PERMISSION, { type: 'array', items: PERMISSION, minItems: 1, maxItems: MAX_PERMISSIONS }] },
  })
  request(@CurrentPat() pat: Pat, @Req() request: FastifyRequest): Promise<TicketAnswer> {
    return this.permissionRequests.answer(pat, request);
  }
}
