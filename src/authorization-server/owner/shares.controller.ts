import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UmaOptions } from '../uma/uma-options.js';
import { Grantees } from './grantees.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';
import { ChangeShareDto, CreateShareDto } from './share.dto.js';
import { instantOf, type ShareView, viewOf } from './share-view.js';
import { Sharing } from './sharing.js';

const PATH = '/api/shares';

/** The owner's API of shares: who may see what, until when. */
@ApiTags('Owner')
@Controller(PATH)
@UseGuards(OwnerGuard)
export class SharesController {
  constructor(
    private readonly sharing: Sharing,
    private readonly grantees: Grantees,
    private readonly options: UmaOptions,
  ) {}

  /** Shares a resource with a person; the answer's `location` is the share. */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'private, no-store')
  async create(
    @CurrentOwner() ownerId: string,
    @Body() body: CreateShareDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShareView> {
    const share = await this.sharing.create(ownerId, {
      target: { resourceId: body.resourceId },
      scopes: body.scopes,
      clients: undefined,
      purposes: undefined,
      paused: false,
      grantee: await this.grantees.resolve(body.grantee),
      startsMs: instantOf(body.startsAt),
      expiresMs: instantOf(body.expiresAt),
    });
    void reply.header('location', `${this.options.issuer}${PATH}/${share.id}`);
    return viewOf(share);
  }

  /** All shares of the owner. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentOwner() ownerId: string): Promise<ShareView[]> {
    return (await this.sharing.list(ownerId)).map(viewOf);
  }

  /** One share. */
  @Get(':id')
  @Header('cache-control', 'private, no-store')
  async read(@CurrentOwner() ownerId: string, @Param('id') id: string): Promise<ShareView> {
    return viewOf(await this.sharing.read(ownerId, id));
  }

  /** Changes scopes or times; tokens that rested on the share end. */
  @Patch(':id')
  @Header('cache-control', 'private, no-store')
  async change(
    @CurrentOwner() ownerId: string,
    @Param('id') id: string,
    @Body() { scopes, startsAt, expiresAt }: ChangeShareDto,
  ): Promise<ShareView> {
    const changes = {
      ...(scopes === undefined ? {} : { scopes }),
      ...(startsAt === undefined ? {} : { startsMs: instantOf(startsAt) }),
      ...(expiresAt === undefined ? {} : { expiresMs: instantOf(expiresAt) }),
    };
    return viewOf(await this.sharing.change(ownerId, id, changes));
  }

  /** Stops sharing; tokens that rested on the share end. */
  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async withdraw(@CurrentOwner() ownerId: string, @Param('id') id: string): Promise<void> {
    await this.sharing.withdraw(ownerId, id);
  }
}
