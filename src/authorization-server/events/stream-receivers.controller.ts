import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { EventAudience } from './event-audience.js';
import { EventOptions } from './event-options.js';
import type { EventStream, StreamReceiver } from './event-stream.js';
import { EventStreams } from './event-streams.js';
import { noSuchStream } from './no-such-stream.js';
import { receiverAnswer } from './stream-answer.js';
import type { ReceiverAnswer } from './stream-answers.js';
import { NewReceiverDto } from './stream.dto.js';
import { CurrentReceiver } from './stream.guard.js';
import { StreamManagement } from './stream-management.decorator.js';
import { bodyOf, deliveryOf } from './stream-requests.js';

/**
 * The receivers of an event stream: each instance of a resource server adds itself to the one stream of its client. The
 * Shared Signals Framework has one receiver for a stream; this goes beyond it.
 */
@StreamManagement()
@Controller(ENDPOINTS.streamReceivers)
export class StreamReceiversController {
  constructor(
    private readonly streams: EventStreams,
    private readonly audience: EventAudience,
    private readonly options: EventOptions,
  ) {}

  /** Adds a receiver to the stream of the client; 200 when it was one already, and is told anew what to show. */
  @Post()
  @ApiBody({ type: NewReceiverDto })
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async add(
    @CurrentReceiver() clientId: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiverAnswer> {
    const added = await this.streams.addReceiver(clientId, deliveryOf(bodyOf(body)));
    if (added === undefined) throw noSuchStream();
    if (!added.isNew) void reply.status(200);
    const [answer] = await this.answers(added.stream, [added.receiver]);
    if (answer === undefined) throw noSuchStream();
    return answer;
  }

  /** The receivers of the stream of the client. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@CurrentReceiver() clientId: string): Promise<ReceiverAnswer[]> {
    const stream = await this.streams.find(clientId);
    return stream === undefined ? [] : this.answers(stream, stream.receivers);
  }

  /** Removes a receiver. The stream ends with its last one. */
  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async remove(@CurrentReceiver() clientId: string, @Param('id') id: string): Promise<void> {
    if (await this.streams.removeReceiver(clientId, id)) return;
    throw new UmaError('not_found', 'There is no such receiver.');
  }

  private async answers(stream: EventStream, receivers: readonly StreamReceiver[]): Promise<ReceiverAnswer[]> {
    const ends = { issuer: this.options.issuer, audience: await this.audience.of(stream.clientId) };
    return receivers.map((receiver) => receiverAnswer(stream, receiver, ends));
  }
}
