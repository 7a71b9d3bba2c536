import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';

import { Database } from '../database/database.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import type { Sample } from './reading.js';
import { SampleStore } from './sample-store.js';

/** Stores a batch of samples in one statement, whose text and number of parameters never change with the batch. */
@Injectable()
export class DatabaseSampleStore extends SampleStore {
  constructor(private readonly database: Database<MeasurementTables>) {
    super();
  }

  override async insert(samples: readonly Sample[]): Promise<readonly boolean[]> {
    const firsts = new Map<string, Sample>();
    for (const sample of samples) {
      const key = keyOf(sample.sensorId, sample.recordedMs);
      if (!firsts.has(key)) firsts.set(key, sample);
    }
    const inserted = await this.insertDistinct([...firsts.values()]);
    return samples.map((sample) => {
      const key = keyOf(sample.sensorId, sample.recordedMs);
      return firsts.get(key) === sample && inserted.has(key);
    });
  }

  private async insertDistinct(samples: readonly Sample[]): Promise<ReadonlySet<string>> {
    const rows = this.database.dialect === 'postgres' ? unnested(samples) : fromJson(samples);
    const { rows: inserted } = await sql<{ sensor_id: string; recorded_ms: number }>`
      insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, heart_rate, received_ms)
      ${rows} on conflict do nothing returning sensor_id, recorded_ms`.execute(this.database.kysely);
    return new Set(inserted.map((row) => keyOf(row.sensor_id, row.recorded_ms)));
  }
}

/** A sensor belongs to one resource, so the resource adds nothing to the key. */
function keyOf(sensorId: string, recordedMs: number): string {
  return `${recordedMs} ${sensorId}`;
}

function unnested(samples: readonly Sample[]): RawBuilder<unknown> {
  const column = (valueOf: (sample: Sample) => string | number): string =>
    `{${samples.map((sample) => JSON.stringify(valueOf(sample))).join()}}`;
  return sql`select * from unnest(
    ${column((sample) => sample.resourceId)}::text[], ${column((sample) => sample.recordedMs)}::bigint[],
    ${column((sample) => sample.sensorId)}::text[], ${column((sample) => sample.heartRate)}::integer[],
    ${column((sample) => sample.receivedMs)}::bigint[])`;
}

function fromJson(samples: readonly Sample[]): RawBuilder<unknown> {
  const rows = samples.map((sample) => [
    sample.resourceId,
    sample.recordedMs,
    sample.sensorId,
    sample.heartRate,
    sample.receivedMs,
  ]);
  // "where true" keeps SQLite from reading "on conflict" as the condition of a join.
  return sql`select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
    from json_each(${JSON.stringify(rows)}) where true`;
}
