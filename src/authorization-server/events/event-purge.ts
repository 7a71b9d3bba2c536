import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { EventTables } from '../../database/authorization-server/events.js';
import { Database } from '../../database/database.js';
import { Purge } from '../../database/purge.js';
import { EventStreams } from './event-streams.js';

/** No token lives longer: what was to be told of one a day ago has come true by itself. */
export const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Gives up, after a day, events that could not be delivered and receivers that could not be reached, so that what waits
 * for them does not grow for ever. A stream ends with its last receiver.
 */
@Injectable()
export class EventPurge extends Purge {
  private readonly events = new Logger('SecurityEvents');

  constructor(
    private readonly database: Database<EventTables>,
    private readonly clock: Clock,
    private readonly streams: EventStreams,
  ) {
    super(1);
  }

  override async purge(): Promise<void> {
    const beforeMs = this.clock.nowMs() - ABANDONED_AFTER_MS;
    await this.database.kysely.deleteFrom('event_delivery').where('created_ms', '<=', beforeMs).execute();
    const abandoned = await this.database.kysely
      .selectFrom('event_receiver')
      .innerJoin('event_stream', 'event_stream.id', 'event_receiver.stream_id')
      .select(['event_receiver.id', 'client_id'])
      .where('reached_ms', '<=', beforeMs)
      // To others nothing was sent.
      .where('status', '=', 'enabled')
      .execute();
    for (const { id, client_id: clientId } of abandoned) {
      await this.streams.removeReceiver(clientId, id);
      this.events.warn(`A receiver of ${clientId} could not be reached for a day and is given up.`);
    }
  }
}
