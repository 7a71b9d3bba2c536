import { Injectable } from '@nestjs/common';
import type { Insertable, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { EventDeliveryTable, EventTables } from '../../database/authorization-server/events.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { SESSION_REVOKED, TOKEN_CLAIMS_CHANGE, VERIFICATION } from '../../uma/protocol/shared-signals.js';
import { type TokenChange, TokenEvents } from '../uma/token-events.js';
import { Doorbell } from './doorbell.js';
import { EventOptions } from './event-options.js';
import { deliveredEvents, type EventStream, requestedEvents } from './event-stream.js';

/** Rows of one statement: SQLite binds 32,766 values at most. */
const ROWS_AT_ONCE = 1000;

/** Claims of a security event token that do not depend on who gets it and when. */
export interface EventClaims {
  readonly txn: string;
  readonly sub_id: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, object>>;
}

/** Notes events for delivery to every receiver of the streams that want them. */
@Injectable()
export class EventOutbox extends TokenEvents {
  private lastPosition = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: EventOptions,
    private readonly doorbell: Doorbell,
  ) {
    super();
  }

  override async record(within: Transaction<UmaTables>, changes: readonly TokenChange[]): Promise<void> {
    if (changes.length === 0) return;
    // All tables of this server are in one database.
    const tables = within as unknown as Transaction<EventTables>;
    const listeners = await listenersOf(tables, [...new Set(changes.map(({ resourceServer }) => resourceServer))]);
    const txn = randomId();
    const rows = changes.flatMap((change) => {
      const type = change.kind === 'ended' ? SESSION_REVOKED : TOKEN_CLAIMS_CHANGE;
      const told = (listeners.get(change.resourceServer) ?? []).filter(({ types }) => types.includes(type));
      const claims = { txn, sub_id: this.subjectOf(change), events: { [type]: this.eventOf(change) } };
      return this.rows(told, change.tokenId, claims);
    });
    await this.insert(tables, rows);
  }

  /** Notes a verification for every receiver of a stream. @see SSF 1.0 section 8.1.4.2 */
  async recordVerification(
    within: Transaction<EventTables>,
    stream: EventStream,
    state: string | undefined,
  ): Promise<void> {
    const claims = verificationOf(stream.id, state);
    await this.insert(within, this.rows(stream.receivers, stream.id, claims));
  }

  /** @see CAEP 1.0 section 3.1, SSF 1.0 section 3.5.1 */
  private subjectOf({ kind, tokenId, ownerId }: TokenChange): EventClaims['sub_id'] {
    const { issuer } = this.options;
    if (kind === 'changed') return { format: 'jwt_id', iss: issuer, jti: tokenId };
    return {
      format: 'complex',
      session: { format: 'opaque', id: tokenId },
      // Whose resources the session is about; the owner is no user of it.
      tenant: { format: 'iss_sub', iss: issuer, sub: ownerId },
    };
  }

  private eventOf({ kind, permissions = [] }: TokenChange): object {
    const event_timestamp = this.clock.nowSeconds();
    if (kind === 'ended') return { event_timestamp };
    const onTheWire = permissions.map(({ resourceId, resourceScopes, exp }) => ({
      resource_id: resourceId,
      resource_scopes: resourceScopes,
      ...(exp !== undefined && { exp }),
    }));
    return { event_timestamp, claims: { permissions: onTheWire } };
  }

  private rows(
    receivers: readonly { readonly id: string }[],
    about: string,
    claims: EventClaims,
  ): Insertable<EventDeliveryTable>[] {
    const eventId = randomId();
    const nowMs = this.clock.nowMs();
    const position = this.nextPosition(nowMs);
    const text = JSON.stringify(claims);
    return receivers.map(({ id }) => ({
      id: randomId(),
      receiver_id: id,
      event_id: eventId,
      about,
      position,
      claims: text,
      created_ms: nowMs,
      attempts: 0,
      due_ms: nowMs,
    }));
  }

  private async insert(
    within: Transaction<EventTables>,
    rows: readonly Insertable<EventDeliveryTable>[],
  ): Promise<void> {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      await within
        .insertInto('event_delivery')
        .values(rows.slice(from, from + ROWS_AT_ONCE))
        .execute();
    }
    if (rows.length > 0) this.doorbell.ring();
  }

  /** Grows with every event, and from one instance to the next as far as their clocks agree. */
  private nextPosition(nowMs: number): number {
    this.lastPosition = Math.max(this.lastPosition + 1, nowMs * 1000);
    return this.lastPosition;
  }
}

/** A receiver, and the types of events that its stream brings. */
interface Listener {
  readonly id: string;
  readonly types: readonly string[];
}

/** Who is told of the tokens of resource servers, by client id. */
async function listenersOf(
  tables: Transaction<EventTables>,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Listener[]>> {
  const rows = await tables
    .selectFrom('event_receiver')
    .innerJoin('event_stream', 'event_stream.id', 'event_receiver.stream_id')
    .select(['event_receiver.id', 'client_id', 'events_requested'])
    .where('client_id', 'in', clientIds)
    .where('status', '!=', 'disabled')
    .execute();
  const listeners = new Map<string, Listener[]>();
  for (const { id, client_id: clientId, events_requested } of rows) {
    const listener = { id, types: deliveredEvents(requestedEvents({ events_requested })) };
    listeners.set(clientId, [...(listeners.get(clientId) ?? []), listener]);
  }
  return listeners;
}

/** The claims of a verification. @see SSF 1.0 section 8.1.4.1 */
export function verificationOf(streamId: string, state?: string): EventClaims {
  return {
    txn: randomId(),
    sub_id: { format: 'opaque', id: streamId },
    events: { [VERIFICATION]: state === undefined ? {} : { state } },
  };
}
