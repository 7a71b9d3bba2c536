import type { Kysely, Migration } from 'kysely';

/** How far a pairing has come; one whose time is up is over, whatever it says here. */
export type PairingState = 'waiting' | 'approved' | 'denied';

/** Sensors that want to send into the heart rate of whoever lets them: one row for each that asked, until it is forgotten. */
export interface PairingTable {
  /** Digest of what the sensor asks with. */
  readonly id: string;
  /** The authorization server whose people may let it in. */
  readonly issuer: string;
  /** What the sensor calls itself. */
  readonly name: string;
  /** Digest of the code that its owner types here; null when she types one at her authorization server. */
  readonly user_code: string | null;
  /** What the authorization server is asked about the sensor with, sealed; null when it is not asked. */
  readonly device_code: string | null;
  readonly state: PairingState;
  /** The heart rate that it was let into; null before. */
  readonly resource_id: string | null;
  /** The sensor that was made of it last; null before. */
  readonly sensor_id: string | null;
  /** How long it has to wait between two questions. */
  readonly interval_ms: number;
  /** When it may ask next. */
  readonly due_ms: number;
  readonly expires_ms: number;
}

/** The table of the pairings. */
export interface PairingTables {
  readonly pairing: PairingTable;
}

/** What makes {@link PairingTables}. */
export const pairingMigrations: Readonly<Record<string, Migration>> = {
  '2026-12-03-pairings-1': { up: createPairing },
};

async function createPairing({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('pairing')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('user_code', 'text', (column) => column.unique())
    .addColumn('device_code', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('resource_id', 'text')
    .addColumn('sensor_id', 'text')
    .addColumn('interval_ms', 'bigint', (column) => column.notNull())
    .addColumn('due_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('pairing_by_end').on('pairing').column('expires_ms').execute();
}
