import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import type { ShareTarget } from '../policy/share.js';
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

  /** Shares a resource, or all of a type, with somebody; the answer's `location` is the share. */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'private, no-store')
  async create(
    @CurrentOwner() ownerId: string,
    @Body() body: CreateShareDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShareView> {
    const share = await this.sharing.create(ownerId, {
      target: targetOf(body),
      scopes: body.scopes,
      clients: body.clients ?? undefined,
      purposes: body.purposes ?? undefined,
      paused: body.paused ?? false,
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

  /** Changes what a share gives; when that is less than before, tokens that rested on it end. */
  @Patch(':id')
  @Header('cache-control', 'private, no-store')
  async change(
    @CurrentOwner() ownerId: string,
    @Param('id') id: string,
    @Body() { scopes, startsAt, expiresAt, clients, purposes, paused }: ChangeShareDto,
  ): Promise<ShareView> {
    const changes = {
      ...(scopes === undefined ? {} : { scopes }),
      ...(startsAt === undefined ? {} : { startsMs: instantOf(startsAt) }),
      ...(expiresAt === undefined ? {} : { expiresMs: instantOf(expiresAt) }),
      ...(clients === undefined ? {} : { clients: clients ?? undefined }),
      ...(purposes === undefined ? {} : { purposes: purposes ?? undefined }),
      ...(paused === undefined ? {} : { paused }),
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

function targetOf({ resourceId, resourceType }: CreateShareDto): ShareTarget {
  if (resourceId !== undefined && resourceType === undefined) return { resourceId };
  if (resourceId === undefined && resourceType !== undefined) return { resourceType };
  throw new UmaError('invalid_request', 'Either a resource or a type is shared.');
}
