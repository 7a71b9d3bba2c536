import { Injectable } from '@nestjs/common';
import { type Kysely, type RawBuilder, sql } from 'kysely';

import { Database } from '../database/database.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import { type BatchColumns, batchRows, namesOf } from './batch-rows.js';
import { type MinuteSum, minuteSums } from './minute-sums.js';
import type { Sample } from './reading.js';
import { SampleStore } from './sample-store.js';

const PLAIN: BatchColumns<Sample> = {
  resource_id: { type: 'text', of: ({ resourceId }) => resourceId },
  recorded_ms: { type: 'bigint', of: ({ recordedMs }) => recordedMs },
  sensor_id: { type: 'text', of: ({ sensorId }) => sensorId },
  sensor_ms: { type: 'bigint', of: ({ sensorMs }) => sensorMs },
  heart_rate: { type: 'integer', of: ({ heartRate }) => heartRate },
  received_ms: { type: 'bigint', of: ({ receivedMs }) => receivedMs },
};

/** With what most sensors do not tell: to read three empty columns of each sample takes SQLite a third more. */
const DETAILED: BatchColumns<Sample> = {
  ...PLAIN,
  rr_intervals: { type: 'text', of: ({ rrIntervalsMs }) => (rrIntervalsMs ? JSON.stringify(rrIntervalsMs) : null) },
  contact: { type: 'integer', of: ({ contact }) => (contact === undefined ? null : Number(contact)) },
  energy_kj: { type: 'integer', of: ({ energyKj = null }) => energyKj },
};

const MINUTE: BatchColumns<MinuteSum> = {
  resource_id: { type: 'text', of: ({ resourceId }) => resourceId },
  minute_ms: { type: 'bigint', of: ({ minuteMs }) => minuteMs },
  count: { type: 'integer', of: ({ count }) => count },
  sum: { type: 'bigint', of: ({ sum }) => sum },
  min: { type: 'integer', of: ({ min }) => min },
  max: { type: 'integer', of: ({ max }) => max },
  rr_samples: { type: 'integer', of: ({ rrSamples }) => rrSamples },
};

/** All processes go through rows in the same order, so that none of them waits for another in a circle. */
const IN_ORDER = sql`order by sensor_id, sensor_ms`;

/** What {@link minuteSums} does, in SQL. */
const MINUTES_OF_ADDED = sql`
  select resource_id, recorded_ms / 60000 * 60000, count(*), sum(heart_rate), min(heart_rate), max(heart_rate),
    count(rr_intervals)
  from added where coalesce(contact, 1) = 1 group by 1, 2 order by 1, 2`;

type Within = Kysely<MeasurementTables>;
type Key = Readonly<{ sensor_id: string; sensor_ms: number }>;

/**
 * Stores a batch of samples, and adds them to their minutes. PostgreSQL does it in one statement; SQLite knows no such, and
 * is slower than we are at adding up. The text of each and the number of its parameters never change with the batch.
 */
@Injectable()
export class DatabaseSampleStore extends SampleStore {
  constructor(private readonly database: Database<MeasurementTables>) {
    super();
  }

  override async insert(samples: readonly Sample[]): Promise<readonly boolean[]> {
    const firsts = new Map<string, Sample>();
    for (const sample of samples) {
      const key = keyOf(sample.sensorId, sample.sensorMs);
      if (!firsts.has(key)) firsts.set(key, sample);
    }
    const added = new Set(samples.length === 0 ? [] : await this.insertDistinct(firsts));
    return samples.map((sample) => added.has(sample));
  }

  /** @returns those that were not there */
  private async insertDistinct(samples: ReadonlyMap<string, Sample>): Promise<readonly Sample[]> {
    const all = [...samples.values()];
    const addedOf = (keys: readonly Key[]): readonly Sample[] =>
      keys.flatMap((key) => samples.get(keyOf(key.sensor_id, key.sensor_ms)) ?? []);
    if (this.database.dialect === 'postgres') return addedOf(await this.addAtOnce(all));
    return this.database.transaction(async (within) => {
      const added = addedOf(await this.add(within, all));
      const sums = minuteSums(added);
      if (sums.length > 0) await this.addToMinutes(within, sums);
      return added;
    });
  }

  private async addAtOnce(samples: readonly Sample[]): Promise<readonly Key[]> {
    const { rows } = await sql<Key>`
      with added as (
        ${this.insertion(samples, IN_ORDER)} returning resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, contact, rr_intervals
      ), minute as (${intoMinutes(MINUTES_OF_ADDED)})
      select sensor_id, sensor_ms from added`.execute(this.database.kysely);
    return rows;
  }

  private async add(within: Within, samples: readonly Sample[]): Promise<readonly Key[]> {
    const { rows } = await sql<Key>`${this.insertion(samples)} returning sensor_id, sensor_ms`.execute(within);
    return rows;
  }

  private async addToMinutes(within: Within, sums: readonly MinuteSum[]): Promise<void> {
    await intoMinutes(batchRows(this.database.dialect, MINUTE, sums)).execute(within);
  }

  private insertion(samples: readonly Sample[], order = sql``): RawBuilder<unknown> {
    const columns = samples.some(hasDetails) ? DETAILED : PLAIN;
    return sql`insert into heart_rate_sample (${namesOf(columns)})
      ${batchRows(this.database.dialect, columns, samples)} ${order} on conflict do nothing`;
  }
}

function intoMinutes(sums: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into heart_rate_minute as known (${namesOf(MINUTE)}) ${sums}
    on conflict (resource_id, minute_ms) do update set
      count = known.count + excluded.count,
      sum = known.sum + excluded.sum,
      min = case when excluded.min < known.min then excluded.min else known.min end,
      max = case when excluded.max > known.max then excluded.max else known.max end,
      rr_samples = known.rr_samples + excluded.rr_samples`;
}

/** A sensor belongs to one resource, so the resource adds nothing to the key. */
function keyOf(sensorId: string, sensorMs: number): string {
  return `${sensorMs} ${sensorId}`;
}

function hasDetails({ rrIntervalsMs, contact, energyKj }: Sample): boolean {
  return (rrIntervalsMs ?? contact ?? energyKj) !== undefined;
}
