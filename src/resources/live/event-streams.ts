import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { held } from '../../uma/guard/proven-token.js';
import { EventStreamSink } from './event-stream-sink.js';
import { LiveStreams } from './live-streams.js';

/** How long a stream is silent at most, in milliseconds: proxies close one that says nothing. */
const LONGEST_SILENCE_MS = 15_000;

/** The viewers who read server-sent events. */
@Injectable()
export class EventStreams {
  private readonly logger = new Logger(EventStreams.name);
  private readonly open = new Set<EventStreamSink>();
  private looks = 0;

  constructor(private readonly streams: LiveStreams) {}

  /** Shows proxies that streams are alive; called each second. */
  look(): void {
    this.looks += 1;
    if (this.looks % (LONGEST_SILENCE_MS / 1000) !== 0) return;
    for (const sink of this.open) if (sink.isReady) sink.write(':\n\n');
  }

  /**
   * Answers a request, which the guard let pass, with a stream.
   *
   * @param after place that its reader comes back with
   * @throws UmaRefusal when its token has ended meanwhile
   */
  async serve(
    request: FastifyRequest,
    reply: FastifyReply,
    resourceId: string,
    after: number | undefined,
  ): Promise<void> {
    const { uma } = request;
    if (uma?.attempt.token === undefined) throw new Error('A stream needs @UmaProtect().');
    const attempt = { ...uma.attempt, token: held(uma.attempt.token) };
    const response = reply.raw;
    const sink = new EventStreamSink(response);
    const viewer =
      request.method === 'HEAD'
        ? undefined
        : await this.streams.watch({ attempt, resourceId, sink }, () => this.open.delete(sink));
    reply.hijack();
    begin(reply);
    // Whoever asks for the headers alone has them, and whoever has gone meanwhile does not come back.
    if (viewer === undefined || response.destroyed) {
      if (viewer !== undefined) this.streams.leave(viewer);
      response.end();
      return;
    }
    this.open.add(sink);
    response.once('close', () => {
      this.open.delete(sink);
      this.streams.leave(viewer);
    });
    await this.streams.start(viewer, after).catch((error: unknown) => {
      this.logger.error('A stream could not begin.', error instanceof Error ? error.stack : undefined);
    });
  }
}

function begin(reply: FastifyReply): void {
  if (reply.raw.destroyed) return;
  const set: Record<string, string | string[] | number | undefined> = { ...reply.getHeaders() };
  reply.raw.writeHead(200, { ...set, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  reply.raw.flushHeaders();
}
