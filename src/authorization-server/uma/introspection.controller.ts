import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';

import { ENDPOINTS } from '../endpoints.js';
import { Introspection } from './introspection.js';
import { CurrentPat, type Pat } from './pat.js';
import { PatGuard } from './pat.guard.js';
import type { IntrospectionAnswer } from './protection-api-answers.js';
import { IntrospectionRequestDto } from './protection-api.dto.js';

/** The introspection endpoint. @see UMA 2.0 Federated Authorization section 5 */
@ApiTags('UMA protection API')
@Controller(ENDPOINTS.introspection)
@UseGuards(PatGuard)
export class IntrospectionController {
  constructor(private readonly introspection: Introspection) {}

  /** Tells what an RPT permits at the resources of the resource server that asks. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionRequestDto })
  introspect(@CurrentPat() pat: Pat, @Body() body: unknown): Promise<IntrospectionAnswer> {
    return this.introspection.answer(pat, body);
  }
}
