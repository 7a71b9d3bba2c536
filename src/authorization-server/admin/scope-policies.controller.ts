import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { AdminOptions } from './admin-options.js';
import { AdministratorGuard } from './administrator.guard.js';
import { ScopePolicyAdministration } from './scope-policy-administration.js';
import { ScopePolicyDto } from './scope-policy.dto.js';
import { type ScopePolicyView, viewOf } from './scope-policy-view.js';

const PATH = '/api/scope-policies';

/** The administrators' API of scope policies: what they permit of all that is shared. */
@ApiTags('Administration')
@Controller(PATH)
@UseGuards(AdministratorGuard)
export class ScopePoliciesController {
  constructor(
    private readonly administration: ScopePolicyAdministration,
    private readonly options: AdminOptions,
  ) {}

  /** Makes a policy; tokens with its scopes end, and the answer's `location` is the policy. */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'private, no-store')
  async create(
    @Body() body: ScopePolicyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScopePolicyView> {
    const policy = await this.administration.create(body);
    void reply.header('location', `${this.options.issuer}${PATH}/${policy.id}`);
    return viewOf(policy);
  }

  /** All policies. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(): Promise<ScopePolicyView[]> {
    return (await this.administration.list()).map(viewOf);
  }

  /** One policy. */
  @Get(':id')
  @Header('cache-control', 'private, no-store')
  async read(@Param('id') id: string): Promise<ScopePolicyView> {
    return viewOf(await this.administration.read(id));
  }

  /** Changes a policy; tokens with the scopes that it may restrict more than before end. */
  @Put(':id')
  @Header('cache-control', 'private, no-store')
  async replace(@Param('id') id: string, @Body() body: ScopePolicyDto): Promise<ScopePolicyView> {
    return viewOf(await this.administration.replace(id, body));
  }

  /** Deletes a policy. */
  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async remove(@Param('id') id: string): Promise<void> {
    await this.administration.remove(id);
  }
}
