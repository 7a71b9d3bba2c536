import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';

import { Database } from '../database/database.js';
import { PreparedQuery } from '../database/prepared-query.js';
import type { HeartRateSampleTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { type BatchColumns, batchRows } from './batch-rows.js';
import { NO_VARIABILITY, together, type Variability, variabilityOf } from './heart-rate-variability.js';
import { MINUTE_MS, minuteOf, type MinuteRange } from './minute.js';

const HOUR_MS = 60 * MINUTE_MS;

/** How the heart rate of one minute varies. */
interface MinuteVariability extends Variability {
  readonly minuteMs: number;
}

const COLUMNS: BatchColumns<MinuteVariability> = {
  minute_ms: { type: 'bigint', of: ({ minuteMs }) => minuteMs },
  hrv_samples: { type: 'integer', of: ({ samples }) => samples },
  rr_count: { type: 'integer', of: ({ count }) => count },
  rr_sum: { type: 'double precision', of: ({ sum }) => sum },
  rr_square_sum: { type: 'double precision', of: ({ squareSum }) => squareSum },
  step_count: { type: 'integer', of: ({ steps }) => steps },
  step_square_sum: { type: 'double precision', of: ({ stepSquareSum }) => stepSquareSum },
};

type RrSample = Pick<HeartRateSampleTable, 'recorded_ms' | 'sensor_id'> & { readonly rr_intervals: string };

/** The samples that are counted as `rr_samples` of their minutes. */
const RR_SAMPLES = new PreparedQuery<MeasurementTables, MinuteRange, RrSample>((kysely, value) =>
  kysely
    .selectFrom('heart_rate_sample')
    .select(['recorded_ms', 'sensor_id', 'rr_intervals'])
    .where('resource_id', '=', value('resourceId'))
    .where('recorded_ms', '>=', value('fromMs'))
    .where('recorded_ms', '<', value('toMs'))
    .where('rr_intervals', 'is not', null)
    .where(sql<boolean>`coalesce(contact, 1) = 1`)
    .orderBy('recorded_ms')
    .orderBy('sensor_id')
    .orderBy('sensor_ms')
    .$castTo<RrSample>(),
);

/**
 * Finds out how heart rates vary, from the samples of minutes: RR intervals have an order, so that unlike the heart rates
 * they cannot be added up as they come in. What is found is stored together with the number of samples it is of, which only
 * grows: nothing is lost when the process ends meanwhile, and nobody is hindered who does or writes the same.
 */
@Injectable()
export class MinuteVariabilities {
  constructor(private readonly database: Database<MeasurementTables>) {}

  /** @param minutes when they begin, in order */
  async refresh(resourceId: string, minutes: readonly number[]): Promise<void> {
    const found: MinuteVariability[] = [];
    for (const ofHour of hoursOf(minutes)) found.push(...(await this.ofMinutes(resourceId, ofHour)));
    await this.database.transaction((within) => this.store(within, resourceId, found));
  }

  private async ofMinutes(resourceId: string, minutes: readonly number[]): Promise<readonly MinuteVariability[]> {
    const [fromMs = 0] = minutes;
    const toMs = (minutes.at(-1) ?? fromMs) + MINUTE_MS;
    const rows = await RR_SAMPLES.execute(this.database.kysely, { resourceId, fromMs, toMs });
    const byMinute = grouped(rows, ({ recorded_ms: recordedMs }) => minuteOf(recordedMs));
    return minutes.map((minuteMs) => ({ minuteMs, ...variabilityOfMinute(byMinute.get(minuteMs) ?? []) }));
  }

  private async store(
    within: Kysely<MeasurementTables>,
    resourceId: string,
    found: readonly MinuteVariability[],
  ): Promise<void> {
    const minutes = found.map(({ minuteMs }) => minuteMs);
    // Locks are taken in the order in which samples are added up, so that neither waits for the other in a circle.
    if (this.database.dialect === 'postgres') {
      await within
        .selectFrom('heart_rate_minute')
        .select('minute_ms')
        .where('resource_id', '=', resourceId)
        .where('minute_ms', '>=', minutes[0] ?? 0)
        .where('minute_ms', '<=', minutes.at(-1) ?? 0)
        .orderBy('minute_ms')
        .forUpdate()
        .execute();
    }
    await sql`update heart_rate_minute set
        hrv_samples = found.hrv_samples, rr_count = found.rr_count, rr_sum = found.rr_sum,
        rr_square_sum = found.rr_square_sum, step_count = found.step_count, step_square_sum = found.step_square_sum
      from (${batchRows(this.database.dialect, COLUMNS, found)}) as found
      where heart_rate_minute.resource_id = ${resourceId} and heart_rate_minute.minute_ms = found.minute_ms`.execute(
      within,
    );
  }
}

/** Steps lead from one interval to the next of the same sensor alone. */
function variabilityOfMinute(rows: readonly RrSample[]): Variability {
  const bySensor = grouped(rows, ({ sensor_id: sensorId }) => sensorId);
  return [...bySensor.values()]
    .map((ofSensor) => variabilityOf(ofSensor.map((row) => JSON.parse(row.rr_intervals) as number[])))
    .reduce(together, NO_VARIABILITY);
}

/** Minutes by the hour: so many samples are read at once. */
function hoursOf(minutes: readonly number[]): Iterable<readonly number[]> {
  return grouped(minutes, (minuteMs) => Math.floor(minuteMs / HOUR_MS)).values();
}

function grouped<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
