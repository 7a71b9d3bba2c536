import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

import type { EventTables } from '../../database/authorization-server/events.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { EventOutbox } from './event-outbox.js';
import { EventStreams } from './event-streams.js';
import { noSuchStream } from './no-such-stream.js';
import { MIN_VERIFICATION_SECONDS } from './stream-answer.js';
import { VerificationDto } from './stream.dto.js';
import { CurrentReceiver } from './stream.guard.js';
import { StreamManagement } from './stream-management.decorator.js';
import { bodyOf, stateIn, streamIdOf } from './stream-requests.js';

/** The verification endpoint of the event streams. @see SSF 1.0 section 8.1.4.2 */
@StreamManagement()
@Controller(ENDPOINTS.streamVerification)
export class StreamVerificationController {
  constructor(
    private readonly database: Database<EventTables>,
    private readonly streams: EventStreams,
    private readonly outbox: EventOutbox,
  ) {}

  /** Sends a verification, with the state that the body has, to every receiver of the stream. */
  @Post()
  @ApiBody({ type: VerificationDto })
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async verify(@CurrentReceiver() clientId: string, @Body() body: unknown): Promise<void> {
    const state = stateIn(bodyOf(body));
    const stream = await this.streams.find(clientId, streamIdOf(bodyOf(body)));
    if (stream === undefined) throw noSuchStream();
    await this.database.transaction(async (within) => {
      if (!(await this.streams.beginVerification(within, stream.id, MIN_VERIFICATION_SECONDS * 1000))) {
        throw new UmaError('slow_down', `Wait ${MIN_VERIFICATION_SECONDS} seconds between two verifications.`);
      }
      await this.outbox.recordVerification(within, stream, state);
    });
  }
}
