import { Body, Controller, Delete, Get, Header, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { EventAudience } from './event-audience.js';
import { EventOptions } from './event-options.js';
import type { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.js';
import { noSuchStream } from './no-such-stream.js';
import { checkUnchanged, streamAnswer } from './stream-answer.js';
import type { StreamAnswer } from './stream-answers.js';
import { NewStreamDto, StreamChangeDto, StreamDto } from './stream.dto.js';
import { CurrentReceiver } from './stream.guard.js';
import { StreamManagement } from './stream-management.decorator.js';
import { allSettingsIn, bodyOf, settingsIn, streamIdOf, type StreamSettings } from './stream-requests.js';

/** The configuration endpoint of the event streams. @see SSF 1.0 section 8.1.1 */
@StreamManagement()
@Controller(ENDPOINTS.streams)
export class StreamController {
  constructor(
    private readonly streams: EventStreams,
    private readonly audience: EventAudience,
    private readonly options: EventOptions,
  ) {}

  /** Begins the event stream of a resource server; each has one. */
  @Post()
  @ApiBody({ type: NewStreamDto })
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async create(@CurrentReceiver() clientId: string, @Body() body: unknown): Promise<StreamAnswer> {
    const stream = await this.streams.create(clientId, allSettingsIn(bodyOf(body)));
    if (stream === undefined) throw new UmaError('conflict', 'This client has a stream already.');
    return this.answer(stream);
  }

  /** The stream with that id, or without one a list of all there are. */
  @Get()
  @Header('cache-control', 'no-store')
  async read(
    @CurrentReceiver() clientId: string,
    @Query('stream_id') streamId?: string,
  ): Promise<StreamAnswer | StreamAnswer[]> {
    const stream = await this.streams.find(clientId, streamId);
    if (streamId !== undefined) return this.answer(stream);
    return stream === undefined ? [] : [await this.answer(stream)];
  }

  /** Changes what the body says of the stream. */
  @Patch()
  @ApiBody({ type: StreamChangeDto })
  @Header('cache-control', 'no-store')
  update(@CurrentReceiver() clientId: string, @Body() body: unknown): Promise<StreamAnswer> {
    return this.change(clientId, body, settingsIn(bodyOf(body)));
  }

  /** Replaces what a receiver may say of the stream; what the body leaves out holds no more. */
  @Put()
  @ApiBody({ type: StreamDto })
  @Header('cache-control', 'no-store')
  replace(@CurrentReceiver() clientId: string, @Body() body: unknown): Promise<StreamAnswer> {
    return this.change(clientId, body, allSettingsIn(bodyOf(body)));
  }

  /** Ends the stream, with all its receivers. */
  @Delete()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async remove(@CurrentReceiver() clientId: string, @Query('stream_id') streamId: unknown): Promise<void> {
    if (!(await this.streams.remove(clientId, streamIdOf({ stream_id: streamId })))) throw noSuchStream();
  }

  private async change(clientId: string, body: unknown, settings: Partial<StreamSettings>): Promise<StreamAnswer> {
    const streamId = streamIdOf(bodyOf(body));
    checkUnchanged(bodyOf(body), await this.answer(await this.streams.find(clientId, streamId)));
    return this.answer(await this.streams.change(clientId, streamId, settings));
  }

  private async answer(stream: EventStream | undefined): Promise<StreamAnswer> {
    if (stream === undefined) throw noSuchStream();
    const audience = await this.audience.of(stream.clientId);
    return streamAnswer(stream, { issuer: this.options.issuer, audience });
  }
}
