import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { Sealer } from '../../common/sealing.js';
import type { EventTables } from '../../database/authorization-server/events.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { EventOptions } from './event-options.js';
import { type EventStream, type StreamReceiver, type StreamStatus, streamOf } from './event-stream.js';
import { receiverSealer } from './receiver-sealer.js';
import type { Delivery, StreamSettings } from './stream-requests.js';

const MOST_RECEIVERS = 100;

type Within = Transaction<EventTables>;

/** A receiver with the stream it belongs to, and whether it is a new one. */
export interface AddedReceiver {
  readonly stream: EventStream;
  readonly receiver: StreamReceiver;
  readonly isNew: boolean;
}

/**
 * The event streams of the resource servers: one for each, with as many receivers as it has instances. Every look-up is
 * limited to one client; what belongs to others seems not to exist.
 */
@Injectable()
export class EventStreams {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<EventTables>,
    private readonly clock: Clock,
    options: EventOptions,
  ) {
    this.sealer = receiverSealer(options);
  }

  /** The stream of a client; with `streamId` only if it is that one. */
  async find(clientId: string, streamId?: string): Promise<EventStream | undefined> {
    return this.read(this.database.kysely, clientId, streamId);
  }

  /** Begins the stream of a client. @returns `undefined` when there is one already */
  create(clientId: string, { delivery, ...settings }: StreamSettings): Promise<EventStream | undefined> {
    return this.changing(async (within) => {
      const id = randomId();
      const { numInsertedOrUpdatedRows: inserted } = await within
        .insertInto('event_stream')
        .values({
          id,
          client_id: clientId,
          status: 'enabled',
          reason: null,
          events_requested: null,
          description: null,
          verification_ms: null,
          ...columnsOf(settings),
        })
        .onConflict((conflict) => conflict.column('client_id').doNothing())
        .executeTakeFirstOrThrow();
      if (inserted === 0n) return undefined;
      await this.insertReceiver(within, id, delivery);
      return this.read(within, clientId, id);
    });
  }

  /**
   * Changes the stream of a client. `delivery` is that of its oldest receiver, which keeps what is still to be delivered.
   *
   * @returns `undefined` when there is no such stream
   * @throws UmaError `conflict` when another receiver of the stream has that address
   */
  change(clientId: string, streamId: string, settings: Partial<StreamSettings>): Promise<EventStream | undefined> {
    return this.changing(async (within) => {
      const stream = await this.read(within, clientId, streamId);
      if (stream === undefined) return undefined;
      const columns = columnsOf(settings);
      if (Object.keys(columns).length > 0) {
        await within.updateTable('event_stream').set(columns).where('id', '=', streamId).execute();
      }
      const [first, ...others] = stream.receivers;
      if (settings.delivery !== undefined && first !== undefined) {
        await this.readdress(within, first, others, settings.delivery);
      }
      return this.read(within, clientId, streamId);
    });
  }

  /** @returns `undefined` when there is no such stream */
  async setStatus(
    clientId: string,
    streamId: string,
    { status, reason }: { readonly status: StreamStatus; readonly reason: string | null },
  ): Promise<EventStream | undefined> {
    return this.changing(async (within) => {
      const stream = await this.read(within, clientId, streamId);
      if (stream === undefined) return undefined;
      await within.updateTable('event_stream').set({ status, reason }).where('id', '=', streamId).execute();
      const receivers = stream.receivers.map(({ id }) => id);
      // A receiver that was not to be sent anything has not been out of reach.
      const reached = { reached_ms: this.clock.nowMs(), failures: 0, retry_ms: 0, heartbeat_ms: this.clock.nowMs() };
      await within.updateTable('event_receiver').set(reached).where('id', 'in', receivers).execute();
      if (status === 'disabled') {
        await within.deleteFrom('event_delivery').where('receiver_id', 'in', receivers).execute();
      }
      return { ...stream, status, reason };
    });
  }

  /** Ends the stream of a client. @returns whether there was such a stream */
  remove(clientId: string, streamId: string): Promise<boolean> {
    return this.changing(async (within) => {
      const { numDeletedRows } = await within
        .deleteFrom('event_stream')
        .where('client_id', '=', clientId)
        .where('id', '=', streamId)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    });
  }

  /**
   * Adds a receiver to the stream of a client. One with that address is told anew what to show, and gets at once what it
   * has missed.
   *
   * @returns `undefined` when there is no stream
   * @throws UmaError `conflict` when the stream has too many receivers
   */
  addReceiver(clientId: string, delivery: Delivery): Promise<AddedReceiver | undefined> {
    return this.changing(async (within) => {
      const before = await this.read(within, clientId);
      if (before === undefined) return undefined;
      const known = before.receivers.find(({ endpointUrl }) => endpointUrl === delivery.endpointUrl);
      if (known !== undefined) {
        await this.updateReceiver(within, known.id, delivery);
        return { stream: before, receiver: known, isNew: false };
      }
      if (before.receivers.length >= MOST_RECEIVERS) {
        throw new UmaError('conflict', `A stream has ${MOST_RECEIVERS} receivers at most.`);
      }
      const id = await this.insertReceiver(within, before.id, delivery);
      return { stream: before, receiver: { id, endpointUrl: delivery.endpointUrl }, isNew: true };
    });
  }

  /** Removes a receiver; the stream ends with its last one. @returns whether there was such a receiver */
  removeReceiver(clientId: string, receiverId: string): Promise<boolean> {
    return this.changing(async (within) => {
      const stream = await this.read(within, clientId);
      if (stream?.receivers.some(({ id }) => id === receiverId) !== true) return false;
      if (stream.receivers.length === 1) await within.deleteFrom('event_stream').where('id', '=', stream.id).execute();
      else await within.deleteFrom('event_receiver').where('id', '=', receiverId).execute();
      return true;
    });
  }

  /**
   * Notes that a verification was asked for.
   *
   * @returns `false` when the last one was less than `intervalMs` ago
   */
  async beginVerification(within: Within, streamId: string, intervalMs: number): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    const { numUpdatedRows } = await within
      .updateTable('event_stream')
      .set({ verification_ms: nowMs })
      .where('id', '=', streamId)
      .where((row) => row.or([row('verification_ms', 'is', null), row('verification_ms', '<=', nowMs - intervalMs)]))
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  private async read(
    from: Pick<Within, 'selectFrom'>,
    clientId: string,
    streamId?: string,
  ): Promise<EventStream | undefined> {
    const row = await from
      .selectFrom('event_stream')
      .selectAll()
      .where('client_id', '=', clientId)
      .$if(streamId !== undefined, (query) => query.where('id', '=', streamId ?? ''))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const receivers = await from
      .selectFrom('event_receiver')
      .select(['id', 'endpoint_url'])
      .where('stream_id', '=', row.id)
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    return streamOf(row, receivers);
  }

  private async insertReceiver(within: Within, streamId: string, delivery: Delivery): Promise<string> {
    const id = randomId();
    const nowMs = this.clock.nowMs();
    await within
      .insertInto('event_receiver')
      .values({ id, stream_id: streamId, created_ms: nowMs, ...this.registered(delivery) })
      .execute();
    return id;
  }

  private async readdress(
    within: Within,
    first: StreamReceiver,
    others: readonly StreamReceiver[],
    delivery: Delivery,
  ): Promise<void> {
    if (others.some(({ endpointUrl }) => endpointUrl === delivery.endpointUrl)) {
      throw new UmaError('conflict', 'Another receiver of the stream has this endpoint_url.');
    }
    await this.updateReceiver(within, first.id, delivery);
  }

  private async updateReceiver(within: Within, id: string, delivery: Delivery): Promise<void> {
    await within.updateTable('event_receiver').set(this.registered(delivery)).where('id', '=', id).execute();
    const due = { due_ms: this.clock.nowMs() };
    await within.updateTable('event_delivery').set(due).where('receiver_id', '=', id).execute();
  }

  /** A receiver that says where it is, is there. */
  private registered({ endpointUrl, authorization }: Delivery) {
    const nowMs = this.clock.nowMs();
    return {
      endpoint_url: endpointUrl,
      sealed_authorization: authorization === null ? null : this.sealer.seal(authorization.reveal()),
      ...{ reached_ms: nowMs, failures: 0, retry_ms: 0, heartbeat_ms: nowMs },
    };
  }

  /**
   * Changes streams while nobody looks up who is to be told: what commits after a receiver was added is recorded for it,
   * and none is taken away under a transaction that records for it. (A SQLite file has one writer at a time anyway.)
   *
   * @see PostgreSQL, chapter Explicit Locking (a plain `select` holds the table against this lock until its commit)
   */
  private changing<Result>(work: (within: Within) => Promise<Result>): Promise<Result> {
    return this.database.transaction(async (within) => {
      if (this.database.dialect === 'postgres') {
        await sql`lock table event_stream in access exclusive mode`.execute(within);
      }
      return work(within);
    });
  }
}

function columnsOf({ eventsRequested, description }: Partial<StreamSettings>) {
  return {
    ...(eventsRequested !== undefined && {
      events_requested: eventsRequested === null ? null : JSON.stringify(eventsRequested),
    }),
    ...(description !== undefined && { description }),
  };
}
