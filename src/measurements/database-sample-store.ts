import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';

import { Database } from '../database/database.js';
import type { HeartRatePositionTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { type BatchColumns, batchRows, namesOf } from './batch-rows.js';
import { type MinuteSum, minuteSums } from './minute-sums.js';
import type { Sample } from './reading.js';
import { entriesOf, type Places, placesFor } from './sample-places.js';
import { SampleStore, type Stored } from './sample-store.js';

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

/** What {@link minuteSums} does, in SQL. */
const MINUTES_OF_ADDED = sql`
  select resource_id, recorded_ms / 60000 * 60000, count(*), sum(heart_rate), min(heart_rate), max(heart_rate),
    count(rr_intervals)
  from added where coalesce(contact, 1) = 1 group by 1, 2 order by 1, 2`;

const MOVE: BatchColumns<Places['resources'][number]> = {
  resource_id: { type: 'text', of: ({ resourceId }) => resourceId },
  position: { type: 'bigint', of: ({ count }) => count },
};

type Key = Readonly<{ sensor_id: string; sensor_ms: number }>;

/** The samples that were not there, and where their resources stand now. */
interface Added {
  readonly keys: readonly Key[];
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * Stores a batch of samples, and adds them to their minutes. PostgreSQL does it in one statement; SQLite knows no such, and
 * is slower than we are at adding up. The text of each and the number of its parameters never change with the batch.
 */
@Injectable()
export class DatabaseSampleStore extends SampleStore {
  constructor(private readonly database: Database<MeasurementTables>) {
    super();
  }

  override async insert(samples: readonly Sample[]): Promise<Stored> {
    const firsts = new Map<string, Sample>();
    for (const sample of samples) {
      const key = keyOf(sample.sensorId, sample.sensorMs);
      if (!firsts.has(key)) firsts.set(key, sample);
    }
    if (samples.length === 0) return { isNew: [], entries: [] };
    const places = placesFor([...firsts.values()]);
    const { keys, positions } =
      this.database.dialect === 'postgres' ? await this.addAtOnce(places) : await this.addStepByStep(places);
    const added = new Set(keys.flatMap((key) => firsts.get(keyOf(key.sensor_id, key.sensor_ms)) ?? []));
    return {
      isNew: samples.map((sample) => added.has(sample)),
      entries: entriesOf(
        places,
        positions,
        samples.filter((sample) => added.has(sample)),
      ),
    };
  }

  private async addAtOnce(places: Places): Promise<Added> {
    const samples = [...places.followers.keys()];
    const columns = samples.some(hasDetails) ? DETAILED : PLAIN;
    const { rows } = await sql<Key & { readonly resource_id: string; readonly position: number }>`
      with moved as (${this.move(places)}), added as (
        insert into heart_rate_sample (${namesOf(columns)}, position)
        select ${namesOf(columns, 'batch')}, moved.position - batch.followers
        from (${batchRows('postgres', withFollowers(columns, places), samples)}) as batch
        join moved on moved.resource_id = batch.resource_id
        on conflict (sensor_id, sensor_ms) do nothing
        returning resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, contact, rr_intervals
      ), minute as (${intoMinutes(MINUTES_OF_ADDED)})
      select added.sensor_id, added.sensor_ms, moved.resource_id, moved.position
      from moved left join added on added.resource_id = moved.resource_id`.execute(this.database.kysely);
    return {
      keys: rows.filter(({ sensor_id }) => (sensor_id as string | null) !== null),
      positions: new Map(rows.map(({ resource_id, position }) => [resource_id, position])),
    };
  }

  private addStepByStep(places: Places): Promise<Added> {
    const samples = [...places.followers.keys()];
    return this.database.transaction(async (within) => {
      const moved = await sql<HeartRatePositionTable>`${this.move(places)}`.execute(within);
      const positions = new Map(moved.rows.map(({ resource_id, position }) => [resource_id, position]));
      const { rows: keys } = await sql<Key>`
        ${this.insertion(samples, places, positions)} returning sensor_id, sensor_ms`.execute(within);
      const isAdded = new Set(keys.map((key) => keyOf(key.sensor_id, key.sensor_ms)));
      const sums = minuteSums(samples.filter(({ sensorId, sensorMs }) => isAdded.has(keyOf(sensorId, sensorMs))));
      if (sums.length > 0) await intoMinutes(batchRows('sqlite', MINUTE, sums)).execute(within);
      return { keys, positions };
    });
  }

  /** Where a resource stands is written first: who stores for the same resource meanwhile waits, and comes after. */
  private move({ resources }: Places): RawBuilder<unknown> {
    return sql`insert into heart_rate_position as known (resource_id, position)
      ${batchRows(this.database.dialect, MOVE, resources)} order by 1
      on conflict (resource_id) do update set position = known.position + excluded.position
      returning resource_id, position`;
  }

  private insertion(
    samples: readonly Sample[],
    { followers }: Places,
    positions: ReadonlyMap<string, number>,
  ): RawBuilder<unknown> {
    const columns: BatchColumns<Sample> = {
      ...(samples.some(hasDetails) ? DETAILED : PLAIN),
      position: {
        type: 'bigint',
        of: (sample) => (positions.get(sample.resourceId) ?? 0) - (followers.get(sample) ?? 0),
      },
    };
    return sql`insert into heart_rate_sample (${namesOf(columns)})
      ${batchRows('sqlite', columns, samples)} on conflict (sensor_id, sensor_ms) do nothing`;
  }
}

const withFollowers = (columns: BatchColumns<Sample>, { followers }: Places): BatchColumns<Sample> => ({
  ...columns,
  followers: { type: 'integer', of: (sample) => followers.get(sample) ?? 0 },
});

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
