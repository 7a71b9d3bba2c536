import { Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ApproveDto } from './access-request.dto.js';
import { AccessRequestAnswers } from './access-request-answers.js';
import type { AccessRequestView } from './access-request-view.js';
import { Apps } from './apps.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';
import { People } from './people.js';
import { type ReceivedRequest, ReceivedRequests } from './received-requests.js';
import { instantOf, type ShareView, viewOf } from './share-view.js';

/** The owner's API of those who ask for what is not shared with them. */
@ApiTags('Owner')
@Controller('/api/access-requests')
@UseGuards(OwnerGuard)
export class AccessRequestsController {
  constructor(
    private readonly requests: ReceivedRequests,
    private readonly answers: AccessRequestAnswers,
    private readonly people: People,
    private readonly apps: Apps,
  ) {}

  /** The newest requests to the owner that wait for an answer, and the newest that were answered, the newest first. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentOwner() ownerId: string): Promise<AccessRequestView[]> {
    const requests = await this.requests.list(ownerId);
    return Promise.all(requests.map((request) => this.viewOf(request)));
  }

  /** Shares with the person what is allowed; answers with the share that gives it. */
  @Post(':id/approve')
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async approve(
    @CurrentOwner() ownerId: string,
    @Param('id') id: string,
    @Body() { scopes, expiresAt }: ApproveDto,
  ): Promise<ShareView> {
    return viewOf(await this.answers.approve(ownerId, id, { scopes, expiresMs: instantOf(expiresAt) }));
  }

  /** Refuses it; the owner is not asked for it again for a day. */
  @Post(':id/refuse')
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async refuse(@CurrentOwner() ownerId: string, @Param('id') id: string): Promise<void> {
    await this.answers.refuse(ownerId, id);
  }

  private async viewOf(request: ReceivedRequest): Promise<AccessRequestView> {
    const { id, resourceId, scopes, requester, clientId, status, createdMs } = request;
    return {
      id,
      resourceId,
      scopes: [...scopes],
      requester: { ...requester, name: await this.people.nameOf(requester) },
      clientId,
      clientName: await this.apps.nameOf(clientId),
      status,
      createdAt: new Date(createdMs).toISOString(),
    };
  }
}
