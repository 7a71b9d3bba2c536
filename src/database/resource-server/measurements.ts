import type { Kysely, Migration } from 'kysely';

import { sensorTimeTables } from './migrations/measurements-2.js';
import { positionTables } from './migrations/measurements-3.js';
import { sensorMigrations, type SensorTables } from './sensors.js';

/** Every heart rate that was stored. A sensor has one value for one instant of its own clock. */
export interface HeartRateSampleTable {
  readonly resource_id: string;
  /** When it was measured: by our clock, as far as the sensor's is known. */
  readonly recorded_ms: number;
  readonly sensor_id: string;
  /** When it was measured, by the sensor's own clock. */
  readonly sensor_ms: number;
  /** Beats per minute. */
  readonly heart_rate: number;
  /** Times from beat to beat in milliseconds, oldest first: a JSON array; null when there are none. */
  readonly rr_intervals: string | null;
  /** Whether the sensor touched the skin, 1 or 0; null when it did not tell. */
  readonly contact: number | null;
  /** Energy expended since the sensor began to count, in kilojoules; null when it did not tell. */
  readonly energy_kj: number | null;
  readonly received_ms: number;
  /** Its place in the order in which the samples of its resource were stored. */
  readonly position: number;
}

/** Where a resource stands: the greatest position that was dealt out. */
export interface HeartRatePositionTable {
  readonly resource_id: string;
  readonly position: number;
}

/**
 * Every minute that has samples, added up; those without contact with the skin are left out. It is written together with the
 * samples.
 */
export interface HeartRateMinuteTable {
  readonly resource_id: string;
  /** When the minute begins. */
  readonly minute_ms: number;
  readonly count: number;
  /** Of the heart rates, as are the least and the greatest. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** How many of the samples have RR intervals. */
  readonly rr_samples: number;
  /** How many of these `variability` is of: when they are not all, it is out of date. */
  readonly variability_samples: number;
  /** What tells how much the RR intervals vary; null before it was asked for. */
  readonly variability: string | null;
  /** What is shown of all this to whoever may see summaries alone, as it was when it was copied; 0 before. */
  readonly shown_count: number;
  readonly shown_sum: number;
  readonly shown_min: number;
  readonly shown_max: number;
  readonly shown_variability_samples: number;
  readonly shown_variability: string | null;
}

/** The tables of the measurements room. */
export interface MeasurementTables extends SensorTables {
  readonly heart_rate_sample: HeartRateSampleTable;
  readonly heart_rate_position: HeartRatePositionTable;
  readonly heart_rate_minute: HeartRateMinuteTable;
}

/** What makes {@link MeasurementTables}. */
export const measurementMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-22-measurements-1': { up: createTables },
  '2026-12-01-measurements-2': sensorTimeTables,
  '2026-12-02-measurements-3': positionTables,
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
