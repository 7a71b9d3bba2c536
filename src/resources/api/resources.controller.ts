import { Controller, Get, Header, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentSession } from '../../auth/current-session.decorator.js';
import type { LoginSession } from '../../auth/login-session.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import { OwnerAccess } from '../owner-access.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import { type ResourceAnswer, resourceAnswer } from './owner-answers.js';

/** The resources of the owner who is signed in. */
@ApiTags('Owner')
@Controller('api/resources')
@SignedIn()
export class ResourcesController {
  constructor(
    private readonly access: OwnerAccess,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {}

  /** All of them: one, or none before it was made. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentSession() { person }: LoginSession): Promise<ResourceAnswer[]> {
    const resource = await this.access.ownResource(person);
    return resource === undefined ? [] : [resourceAnswer(resource, this.options.baseUrl)];
  }

  /** One of them. */
  @Get(':id')
  @Header('cache-control', 'private, no-store')
  async one(@CurrentSession() { person }: LoginSession, @Param('id') id: string): Promise<ResourceAnswer> {
    return resourceAnswer(await this.access.ownResourceById(person, id), this.options.baseUrl);
  }

  /** Registers the owner's heart rate at her authorization server; doing it again changes nothing. */
  @Post()
  @Header('cache-control', 'private, no-store')
  async register(@CurrentSession() { person }: LoginSession): Promise<ResourceAnswer> {
    return resourceAnswer(await this.access.ensureRegistered(person), this.options.baseUrl);
  }
}
