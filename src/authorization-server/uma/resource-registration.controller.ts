import { Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { parseResourceDescription } from '../../uma/protocol/resource-description.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { strictJsonBody } from './json-body.js';
import { CurrentPat, type Pat } from './pat.js';
import { PatGuard } from './pat.guard.js';
import { RegisteredResources } from './registered-resources.js';
import { UmaOptions } from './uma-options.js';

/**
 * The resource registration endpoint.
 *
 * @see UMA 2.0 Federated Authorization section 3.2
 */
@Controller(ENDPOINTS.resourceRegistration)
@UseGuards(PatGuard)
export class ResourceRegistrationController {
  constructor(
    private readonly resources: RegisteredResources,
    private readonly options: UmaOptions,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async create(
    @CurrentPat() pat: Pat,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    const id = await this.resources.register(pat, parseResourceDescription(strictJsonBody(request)));
    void reply.header('location', `${this.options.issuer}${ENDPOINTS.resourceRegistration}/${id}`);
    return this.namesOf(id);
  }

  @Get()
  @Header('cache-control', 'no-store')
  list(@CurrentPat() pat: Pat): Promise<readonly string[]> {
    return this.resources.list(pat);
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  async read(@CurrentPat() pat: Pat, @Param('id') id: string): Promise<Record<string, unknown>> {
    const [resource] = await this.resources.find(pat, [id]);
    if (resource === undefined) throw notFound();
    return { ...resource.description, ...this.namesOf(id) };
  }

  @Put(':id')
  @Header('cache-control', 'no-store')
  async replace(
    @CurrentPat() pat: Pat,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Record<string, unknown>> {
    const description = parseResourceDescription(strictJsonBody(request));
    if (!(await this.resources.replace(pat, id, description))) throw notFound();
    return this.namesOf(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async remove(@CurrentPat() pat: Pat, @Param('id') id: string): Promise<void> {
    if (!(await this.resources.remove(pat, id))) throw notFound();
  }

  /** The id, and where the owner says who may have access. */
  private namesOf(id: string): Record<string, unknown> {
    return { _id: id, user_access_policy_uri: `${this.options.issuer}${ENDPOINTS.account}?resource=${id}` };
  }
}

function notFound(): UmaError {
  return new UmaError('not_found', 'There is no such resource.');
}
