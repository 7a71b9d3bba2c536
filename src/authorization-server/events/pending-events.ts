import { Injectable } from '@nestjs/common';

import { backoffMs } from '../../common/backoff.js';
import { Clock } from '../../common/clock.js';
import type { EventTables } from '../../database/authorization-server/events.js';
import { Database } from '../../database/database.js';
import type { EventClaims } from './event-outbox.js';
import { isFirstAboutIt } from './first-about.js';

/** How long others leave alone what an instance has taken on, in milliseconds: longer than a push can take. */
const LEASE_MS = 30_000;

/** An event that an instance has taken on to deliver. */
export interface PendingEvent {
  readonly id: string;
  readonly eventId: string;
  readonly claims: EventClaims;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** What is still to be delivered. */
@Injectable()
export class PendingEvents {
  constructor(
    private readonly database: Database<EventTables>,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes on the oldest events that are due for a receiver, at most one about each thing: the next about it waits until
   * this one has been delivered. No other instance takes them on, unless this one lets their time run out.
   */
  async take(receiverId: string, limit: number): Promise<readonly PendingEvent[]> {
    const nowMs = this.clock.nowMs();
    const { kysely, dialect } = this.database;
    const rows = await kysely
      .with('due', (from) =>
        from
          .selectFrom('event_delivery')
          .select('event_delivery.id')
          .where('event_delivery.receiver_id', '=', receiverId)
          .where('event_delivery.due_ms', '<=', nowMs)
          .where(isFirstAboutIt)
          .orderBy('event_delivery.due_ms')
          .orderBy('event_delivery.position')
          .limit(limit)
          .$if(dialect === 'postgres', (query) => query.forUpdate('event_delivery').skipLocked()),
      )
      .updateTable('event_delivery')
      .set(({ eb }) => ({ due_ms: nowMs + LEASE_MS, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', (from) => from.selectFrom('due').select('due.id'))
      .returning(['id', 'event_id', 'claims', 'attempts'])
      .execute();
    return rows.map(({ id, event_id, claims, attempts }) => ({
      id,
      eventId: event_id,
      claims: JSON.parse(claims) as EventClaims,
      attempts,
    }));
  }

  /** These have been delivered: nothing of them stays. */
  async delivered(events: readonly PendingEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.database.kysely.deleteFrom('event_delivery').where('id', 'in', idsOf(events)).execute();
  }

  /** The receiver is there, and does not take this one: it may later, when it has learned a key or registered anew. */
  async refused({ id, attempts }: PendingEvent): Promise<void> {
    await this.wait([id], backoffMs(attempts));
  }

  /** These were not sent after all. */
  async giveBack(events: readonly PendingEvent[]): Promise<void> {
    if (events.length > 0) await this.wait(idsOf(events), 0);
  }

  private async wait(ids: readonly string[], waitMs: number): Promise<void> {
    await this.database.kysely
      .updateTable('event_delivery')
      .set({ due_ms: this.clock.nowMs() + waitMs })
      .where('id', 'in', ids)
      .execute();
  }
}

const idsOf = (events: readonly PendingEvent[]): readonly string[] => events.map(({ id }) => id);
