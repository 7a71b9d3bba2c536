import type { Kysely, Migration } from 'kysely';

/** A device that may send heart rates into one resource. */
export interface SensorTable {
  readonly id: string;
  readonly resource_id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Digest of the credential, which is shown once and kept nowhere. */
  readonly credential_digest: string;
  readonly created_ms: number;
  /** When it last sent something, to the minute; null before it ever did. */
  readonly last_seen_ms: number | null;
  /** When its owner took its right to send; null while it has it. */
  readonly revoked_ms: number | null;
  /** What it last told of its battery, in percent; null before it ever did. */
  readonly battery: number | null;
  /** Whether it last told that it touches the skin (1) or not (0), to the minute; null before it ever did. */
  readonly contact: 0 | 1 | null;
}

/** The table of the sensors. */
export interface SensorTables {
  readonly sensor: SensorTable;
}

/** What the table of the sensors has got since the first tables of the measurements were made. */
export const sensorMigrations: Readonly<Record<string, Migration>> = {
  '2026-12-01-sensors-1': { up: addStatus },
};

async function addStatus(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema.alterTable('sensor').addColumn('battery', 'integer').execute();
  await kysely.schema.alterTable('sensor').addColumn('contact', 'integer').execute();
}
