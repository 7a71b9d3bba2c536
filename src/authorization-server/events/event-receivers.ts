import { Injectable } from '@nestjs/common';

import { backoffMs } from '../../common/backoff.js';
import { Clock } from '../../common/clock.js';
import type { Sealer } from '../../common/sealing.js';
import { Secret } from '../../common/secret.js';
import type { EventTables } from '../../database/authorization-server/events.js';
import { Database } from '../../database/database.js';
import { HEARTBEAT_MS } from '../../uma/protocol/shared-signals.js';
import { EventOptions } from './event-options.js';
import { isFirstAboutIt } from './first-about.js';
import { receiverSealer } from './receiver-sealer.js';

/** How long an event may be on its way before its receiver gets no sign of life, in milliseconds. */
const PATIENCE_MS = 2_000;

/** A receiver as whoever delivers to it needs it. */
export interface Recipient {
  readonly id: string;
  readonly streamId: string;
  readonly clientId: string;
  readonly endpointUrl: string;
  readonly authorization: Secret | undefined;
  /** How often in a row it could not be reached. */
  readonly failures: number;
}

/** The receivers of all streams, as far as they are to be sent something now. */
@Injectable()
export class EventReceivers {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<EventTables>,
    private readonly clock: Clock,
    options: EventOptions,
  ) {
    this.sealer = receiverSealer(options);
  }

  /** Those for whom an event is due that waits for no other. */
  async withDueEvents(): Promise<readonly Recipient[]> {
    const nowMs = this.clock.nowMs();
    const rows = await this.enabled()
      .where('retry_ms', '<=', nowMs)
      .where((row) =>
        row.exists(
          row
            .selectFrom('event_delivery')
            .select('event_delivery.id')
            .whereRef('event_delivery.receiver_id', '=', 'event_receiver.id')
            .where('event_delivery.due_ms', '<=', nowMs)
            .where(isFirstAboutIt),
        ),
      )
      .execute();
    return rows.map((row) => this.recipientOf(row));
  }

  /**
   * Takes on the signs of life that are due: no other instance sends them meanwhile. A receiver for whom an event waits
   * gets none: it must not believe that it knows everything.
   */
  async takeHeartbeats(): Promise<readonly Recipient[]> {
    const nowMs = this.clock.nowMs();
    const due = await this.enabled()
      .where('heartbeat_ms', '<=', nowMs)
      .where('retry_ms', '<=', nowMs)
      .where((row) =>
        row.not(
          row.exists(
            row
              .selectFrom('event_delivery')
              .select('event_delivery.id')
              .whereRef('event_delivery.receiver_id', '=', 'event_receiver.id')
              .where('event_delivery.created_ms', '<=', nowMs - PATIENCE_MS),
          ),
        ),
      )
      .execute();
    const taken = await Promise.all(
      due.map(async (row) => {
        const { numUpdatedRows } = await this.database.kysely
          .updateTable('event_receiver')
          .set({ heartbeat_ms: nowMs + HEARTBEAT_MS })
          .where('id', '=', row.id)
          .where('heartbeat_ms', '<=', nowMs)
          .executeTakeFirstOrThrow();
        return numUpdatedRows > 0n ? [this.recipientOf(row)] : [];
      }),
    );
    return taken.flat();
  }

  /** A receiver took something. @returns whether it could not be reached before */
  async reached(id: string): Promise<boolean> {
    const reached = { reached_ms: this.clock.nowMs(), failures: 0, retry_ms: 0 };
    const row = this.database.kysely.updateTable('event_receiver').set(reached).where('id', '=', id);
    const { numUpdatedRows } = await row.where('failures', '>', 0).executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) await row.execute();
    return numUpdatedRows > 0n;
  }

  /** A receiver is not there: it is left alone for a while, longer each time. @returns whether that is news */
  async missed({ id, failures }: Recipient): Promise<boolean> {
    const retryMs = this.clock.nowMs() + backoffMs(failures + 1);
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('event_receiver')
      .set({ failures: failures + 1, retry_ms: retryMs, heartbeat_ms: retryMs })
      .where('id', '=', id)
      // Another instance, or the receiver itself, may have changed that meanwhile.
      .where('failures', '=', failures)
      .executeTakeFirstOrThrow();
    return failures === 0 && numUpdatedRows > 0n;
  }

  private enabled() {
    return this.database.kysely
      .selectFrom('event_receiver')
      .innerJoin('event_stream', 'event_stream.id', 'event_receiver.stream_id')
      .select(['event_receiver.id', 'stream_id', 'client_id', 'endpoint_url', 'sealed_authorization', 'failures'])
      .where('event_stream.status', '=', 'enabled');
  }

  private recipientOf(row: {
    readonly id: string;
    readonly stream_id: string;
    readonly client_id: string;
    readonly endpoint_url: string;
    readonly sealed_authorization: string | null;
    readonly failures: number;
  }): Recipient {
    const { sealed_authorization: sealed } = row;
    return {
      id: row.id,
      streamId: row.stream_id,
      clientId: row.client_id,
      endpointUrl: row.endpoint_url,
      authorization: sealed === null ? undefined : new Secret(this.sealer.unseal(sealed)),
      failures: row.failures,
    };
  }
}
