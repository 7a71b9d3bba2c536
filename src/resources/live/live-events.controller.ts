import { Controller, Get, Headers, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Decision } from '../../uma/guard/decision.decorator.js';
import type { UmaDecision } from '../../uma/guard/uma-decision.js';
import { UmaGuard } from '../../uma/guard/uma.guard.js';
import { UmaProtect } from '../../uma/guard/uma-protect.decorator.js';
import { EventStreams } from './event-streams.js';
import { placeOf } from './live-orders.js';

/** The heart rate as it comes in, as server-sent events. Closed until {@link openLiveTo} names the scope that opens it. */
@ApiTags('Heart rate')
@Controller('resources/:id/heart-rate/live')
@UseGuards(UmaGuard)
export class LiveEventsController {
  constructor(private readonly events: EventStreams) {}

  /**
   * Samples as they are stored: an event `snapshot`, then events `samples`. The header `Last-Event-ID` goes on from there.
   * `auth:expiring` comes a minute before the token ends, `ended` says why there is no more.
   */
  @Get()
  @ApiOkResponse({
    description: 'A stream of events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  async live(
    @Decision() { resource }: UmaDecision,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.events.serve(request, reply, resource.id, placeOf(lastEventId));
  }
}

/** Opens the stream to tokens with a scope: its name is a setting, and a decorator knows none. */
export function openLiveTo(scope: string): Type<LiveEventsController> {
  @UmaProtect({ resource: { param: 'id' }, scopes: [scope] })
  class OpenLiveEventsController extends LiveEventsController {}
  return OpenLiveEventsController;
}
