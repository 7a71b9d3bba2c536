import { Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { parseResourceDescription } from '../../uma/protocol/resource-description.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { strictJsonBody } from './json-body.js';
import { CurrentPat, type Pat } from './pat.js';
import { PatGuard } from './pat.guard.js';
import type { RegisteredResource, ResourceNames } from './protection-api-answers.js';
import { ResourceDescriptionDto } from './protection-api.dto.js';
import { RegisteredResources } from './registered-resources.js';
import { UmaOptions } from './uma-options.js';

/**
 * The resource registration endpoint.
 *
 * @see UMA 2.0 Federated Authorization section 3.2
 */
@ApiTags('UMA protection API')
@Controller(ENDPOINTS.resourceRegistration)
@UseGuards(PatGuard)
export class ResourceRegistrationController {
  constructor(
    private readonly resources: RegisteredResources,
    private readonly options: UmaOptions,
  ) {}

  /** Registers a resource of the owner. */
  @Post()
  @HttpCode(201)
  @ApiBody({ type: ResourceDescriptionDto })
  @Header('cache-control', 'no-store')
  async create(
    @CurrentPat() pat: Pat,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResourceNames> {
    const id = await this.resources.register(pat, parseResourceDescription(strictJsonBody(request)));
    void reply.header('location', `${this.options.issuer}${ENDPOINTS.resourceRegistration}/${id}`);
    return this.namesOf(id);
  }

  /** Ids of what this owner has at this resource server. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@CurrentPat() pat: Pat): Promise<string[]> {
    return [...(await this.resources.list(pat))];
  }

  /** What is registered of a resource. */
  @Get(':id')
  @Header('cache-control', 'no-store')
  async read(@CurrentPat() pat: Pat, @Param('id') id: string): Promise<RegisteredResource> {
    const resource = await this.resources.find(pat, id);
    if (resource === undefined) throw notFound();
    const { resource_scopes: scopes, ...description } = resource.description;
    return Object.assign(description, this.namesOf(id), { resource_scopes: [...scopes] });
  }

  /** Replaces what is registered of a resource; what rests on scopes that are left out goes. */
  @Put(':id')
  @ApiBody({ type: ResourceDescriptionDto })
  @Header('cache-control', 'no-store')
  async replace(
    @CurrentPat() pat: Pat,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<ResourceNames> {
    const description = parseResourceDescription(strictJsonBody(request));
    if (!(await this.resources.replace(pat, id, description))) throw notFound();
    return this.namesOf(id);
  }

  /** Ends the protection of a resource; shares and permissions go with it. */
  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async remove(@CurrentPat() pat: Pat, @Param('id') id: string): Promise<void> {
    if (!(await this.resources.remove(pat, id))) throw notFound();
  }

  /** The id, and where the owner says who may have access. */
  private namesOf(id: string): ResourceNames {
    return { _id: id, user_access_policy_uri: `${this.options.issuer}${ENDPOINTS.account}?resource=${id}` };
  }
}

function notFound(): UmaError {
  return new UmaError('not_found', 'There is no such resource.');
}
