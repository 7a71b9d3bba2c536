import type { Kysely, Migration } from 'kysely';

import { sensorMigrations, type SensorTables } from './sensors.js';

/** Every heart rate that was stored. A sensor has one value for one instant. */
export interface HeartRateSampleTable {
  readonly resource_id: string;
  readonly recorded_ms: number;
  readonly sensor_id: string;
  /** Beats per minute. */
  readonly heart_rate: number;
  readonly received_ms: number;
}

/** The tables of the measurements room. */
export interface MeasurementTables extends SensorTables {
  readonly heart_rate_sample: HeartRateSampleTable;
}

/** What makes {@link MeasurementTables}. */
export const measurementMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-22-measurements-1': { up: createTables },
  ...sensorMigrations,
};

async function createTables(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('sensor')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('resource_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('credential_digest', 'text', (column) => column.notNull().unique())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_ms', 'bigint')
    .addColumn('revoked_ms', 'bigint')
    .execute();
  await kysely.schema.createIndex('sensor_of_resource').on('sensor').columns(['resource_id', 'created_ms']).execute();
  await kysely.schema
    .createTable('heart_rate_sample')
    .addColumn('resource_id', 'text', (column) => column.notNull())
    .addColumn('recorded_ms', 'bigint', (column) => column.notNull())
    .addColumn('sensor_id', 'text', (column) => column.notNull())
    .addColumn('heart_rate', 'integer', (column) => column.notNull())
    .addColumn('received_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('heart_rate_sample_key', ['resource_id', 'recorded_ms', 'sensor_id'])
    .execute();
}
