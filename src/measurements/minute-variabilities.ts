import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';

import { Database } from '../database/database.js';
import { PreparedQuery } from '../database/prepared-query.js';
import type { HeartRateSampleTable, MeasurementTables } from '../database/resource-server/measurements.js';
import {
  NO_VARIABILITY,
  together,
  type Variability,
  variabilityOf,
  writeVariability,
} from './heart-rate-variability.js';
import { MINUTE_MS, minuteOf, type MinuteRange } from './minute.js';

const HOUR_MS = 60 * MINUTE_MS;

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

interface StoredVariability {
  readonly resourceId: string;
  readonly minuteMs: number;
  /** Of how many samples it is. */
  readonly samples: number;
  /** As it is stored. */
  readonly text: string;
}

const STORE = new PreparedQuery<MeasurementTables, StoredVariability, unknown>((kysely, value) =>
  kysely
    .updateTable('heart_rate_minute')
    .set({ variability: value('text'), variability_samples: value('samples') })
    .where('resource_id', '=', value('resourceId'))
    .where('minute_ms', '=', value('minuteMs')),
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
    for (const ofHour of hoursOf(minutes)) {
      const found = await this.ofMinutes(resourceId, ofHour);
      await this.database.transaction(async (within) => {
        // In the order in which samples are added up, so that neither waits for the other in a circle.
        for (const minute of found) await STORE.change(within, minute);
      });
    }
  }

  private async ofMinutes(resourceId: string, minutes: readonly number[]): Promise<readonly StoredVariability[]> {
    const [fromMs = 0] = minutes;
    const toMs = (minutes.at(-1) ?? fromMs) + MINUTE_MS;
    const rows = await RR_SAMPLES.execute(this.database.kysely, { resourceId, fromMs, toMs });
    const byMinute = grouped(rows, ({ recorded_ms: recordedMs }) => minuteOf(recordedMs));
    return minutes.map((minuteMs) => {
      const variability = variabilityOfMinute(byMinute.get(minuteMs) ?? []);
      return { resourceId, minuteMs, samples: variability.samples, text: writeVariability(variability) };
    });
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
