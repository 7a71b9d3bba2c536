import type { Kysely, Migration } from 'kysely';

/**
 * Tables of the event transmitter: who is told when tokens end, and what is still to be told. Columns that end in `_ms`
 * are milliseconds since the Unix epoch.
 */
export interface EventTables {
  event_stream: EventStreamTable;
  event_receiver: EventReceiverTable;
  event_delivery: EventDeliveryTable;
}

/** The event stream of a resource server; it has one. */
export interface EventStreamTable {
  id: string;
  client_id: string;
  /** `enabled`, `paused` or `disabled`. */
  status: string;
  /** Why the status is what it is. */
  reason: string | null;
  /** The types of events that are wanted, a JSON array; null is every type there is. */
  events_requested: string | null;
  description: string | null;
  /** When a verification was asked for last. */
  verification_ms: number | null;
}

/** One instance of a resource server, where events are pushed to. */
export interface EventReceiverTable {
  id: string;
  stream_id: string;
  endpoint_url: string;
  /** The `Authorization` header that it wants, encrypted. */
  sealed_authorization: string | null;
  created_ms: number;
  /** When it last took something, or registered. */
  reached_ms: number;
  /** How often in a row it could not be reached. */
  failures: number;
  /** Not to be tried before. */
  retry_ms: number;
  /** When the next sign of life is due. */
  heartbeat_ms: number;
}

/** An event that is still to be delivered to a receiver. */
export interface EventDeliveryTable {
  id: string;
  receiver_id: string;
  /** `jti` of the security event token, the same for all receivers and attempts. */
  event_id: string;
  /** What it is about: events about one thing are delivered in their order. */
  about: string;
  /** Order of the events about one thing. */
  position: number;
  /** Claims of the security event token that do not depend on who gets it and when, a JSON object. */
  claims: string;
  created_ms: number;
  attempts: number;
  /** Not to be sent before: it waits after a refusal, or another instance is sending it. */
  due_ms: number;
}

/** Migrations of {@link EventTables}. */
export const eventMigrations: Record<string, Migration> = {
  '2026-11-26-events-1': {
    async up(kysely: Kysely<unknown>) {
      await createStream(kysely);
      await createReceiver(kysely);
      await createDelivery(kysely);
    },
  },
  '2026-11-28-events-2': {
    // Nobody asks when a stream began.
    async up({ schema }: Kysely<unknown>) {
      await schema.alterTable('event_stream').dropColumn('created_ms').execute();
    },
  },
};

async function createStream({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('event_stream')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('client_id', 'text', (column) => column.notNull().unique())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('events_requested', 'text')
    .addColumn('description', 'text')
    .addColumn('verification_ms', 'bigint')
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createReceiver({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('event_receiver')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('stream_id', 'text', (column) => column.notNull().references('event_stream.id').onDelete('cascade'))
    .addColumn('endpoint_url', 'text', (column) => column.notNull())
    .addColumn('sealed_authorization', 'text')
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addColumn('reached_ms', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('retry_ms', 'bigint', (column) => column.notNull())
    .addColumn('heartbeat_ms', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('event_receiver_once', ['stream_id', 'endpoint_url'])
    .execute();
}

async function createDelivery({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('event_delivery')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('receiver_id', 'text', (column) => column.notNull().references('event_receiver.id').onDelete('cascade'))
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('about', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('claims', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due_ms', 'bigint', (column) => column.notNull())
    .execute();
  const indexes = { due: ['receiver_id', 'due_ms'], about: ['receiver_id', 'about', 'position'], age: ['created_ms'] };
  for (const [name, columns] of Object.entries(indexes)) {
    await schema.createIndex(`event_delivery_by_${name}`).on('event_delivery').columns(columns).execute();
  }
}
