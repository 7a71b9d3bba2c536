import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

import { ENDPOINTS } from '../endpoints.js';
import { EventStreams } from './event-streams.js';
import { noSuchStream } from './no-such-stream.js';
import { statusAnswer } from './stream-answer.js';
import type { StreamStatusAnswer } from './stream-answers.js';
import { StreamStatusDto } from './stream.dto.js';
import { CurrentReceiver } from './stream.guard.js';
import { StreamManagement } from './stream-management.decorator.js';
import { bodyOf, statusIn, streamIdOf } from './stream-requests.js';

/** The status endpoint of the event streams. @see SSF 1.0 section 8.1.2 */
@StreamManagement()
@Controller(ENDPOINTS.streamStatus)
export class StreamStatusController {
  constructor(private readonly streams: EventStreams) {}

  /** Whether the stream brings events. */
  @Get()
  @Header('cache-control', 'no-store')
  async read(@CurrentReceiver() clientId: string, @Query('stream_id') streamId: unknown): Promise<StreamStatusAnswer> {
    const stream = await this.streams.find(clientId, streamIdOf({ stream_id: streamId }));
    if (stream === undefined) throw noSuchStream();
    return statusAnswer(stream);
  }

  /** Lets the stream bring events or not: `enabled`, `paused` (they are kept for a day) or `disabled`. */
  @Post()
  @ApiBody({ type: StreamStatusDto })
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async update(@CurrentReceiver() clientId: string, @Body() body: unknown): Promise<StreamStatusAnswer> {
    const status = statusIn(bodyOf(body));
    const stream = await this.streams.setStatus(clientId, streamIdOf(bodyOf(body)), status);
    if (stream === undefined) throw noSuchStream();
    return statusAnswer(stream);
  }
}
