import type { Selectable } from 'kysely';

import type { EventReceiverTable, EventStreamTable } from '../../database/authorization-server/events.js';
import { SESSION_REVOKED, TOKEN_CLAIMS_CHANGE } from '../../uma/protocol/shared-signals.js';

/** The types of events that this server tells of. */
export const SUPPORTED_EVENTS: readonly string[] = [SESSION_REVOKED, TOKEN_CLAIMS_CHANGE];

/** Whether a stream brings events: a paused one keeps them for later, a disabled one has none. @see SSF 1.0 section 8.1.2 */
export const STREAM_STATUSES = ['enabled', 'paused', 'disabled'] as const;
export type StreamStatus = (typeof STREAM_STATUSES)[number];

/** One instance of a resource server, where the events of its stream are pushed to. */
export interface StreamReceiver {
  readonly id: string;
  readonly endpointUrl: string;
}

/** The event stream of a resource server. */
export interface EventStream {
  readonly id: string;
  readonly clientId: string;
  readonly status: StreamStatus;
  readonly reason: string | null;
  /** The types that are wanted; null is every type there is. */
  readonly eventsRequested: readonly string[] | null;
  readonly description: string | null;
  /** The oldest first; there is always one. */
  readonly receivers: readonly StreamReceiver[];
}

/** The types of events that a stream brings. @see SSF 1.0 section 8.1.1 (`events_delivered`) */
export function deliveredEvents(eventsRequested: readonly string[] | null): readonly string[] {
  return SUPPORTED_EVENTS.filter((type) => eventsRequested === null || eventsRequested.includes(type));
}

/** The types that a row of a stream asks for. */
export function requestedEvents({
  events_requested,
}: Pick<EventStreamTable, 'events_requested'>): readonly string[] | null {
  return events_requested === null ? null : (JSON.parse(events_requested) as readonly string[]);
}

/** A stream from its rows. */
export function streamOf(
  row: Selectable<EventStreamTable>,
  receivers: readonly Pick<EventReceiverTable, 'id' | 'endpoint_url'>[],
): EventStream {
  return {
    id: row.id,
    clientId: row.client_id,
    status: row.status as StreamStatus,
    reason: row.reason,
    eventsRequested: requestedEvents(row),
    description: row.description,
    receivers: receivers.map(({ id, endpoint_url: endpointUrl }) => ({ id, endpointUrl })),
  };
}
