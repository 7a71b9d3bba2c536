import { Injectable } from '@nestjs/common';
import { type SelectQueryBuilder, sql } from 'kysely';

import { Database } from '../database/database.js';
import type { HeartRateSampleTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { LatestSamples } from './latest-samples.js';
import { readCursor, writeCursor } from './page-cursor.js';
import type { Sample } from './reading.js';
import { sampleOf } from './sample-row.js';

/** How many samples a page has when nobody says. */
export const DEFAULT_PAGE_SIZE = 500;
/** The most samples a page may have. */
export const MAX_PAGE_SIZE = 1_000;

/** Which samples of a resource are wanted. Times are milliseconds since the Unix epoch. */
export interface SampleRange {
  /** The earliest time, itself included. */
  readonly fromMs?: number | undefined;
  /** The time at which the range ends, itself excluded. */
  readonly toMs?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** The most samples to give, from 1 to {@link MAX_PAGE_SIZE}; {@link DEFAULT_PAGE_SIZE} when not given. */
  readonly limit?: number | undefined;
}

/** Samples, oldest first. */
export interface SamplePage {
  readonly samples: readonly Sample[];
  /** Cursor of the page that follows, when there are more. */
  readonly next?: string;
}

/** Reads what was stored. */
@Injectable()
export class Measurements {
  constructor(
    private readonly database: Database<MeasurementTables>,
    private readonly latestSamples: LatestSamples,
  ) {}

  /** The sample with the newest time that is not ahead of the clock; `undefined` when the resource has none. */
  latest(resourceId: string): Promise<Sample | undefined> {
    return this.latestSamples.of(resourceId);
  }

  /** The newest samples that are not ahead of the clock, oldest of them first: at most `count`. */
  async newest(resourceId: string, count: number): Promise<readonly Sample[]> {
    const rows = await this.samplesOf(resourceId)
      .where('recorded_ms', '<=', this.latestSamples.presentMs())
      .orderBy('recorded_ms', 'desc')
      .orderBy('sensor_id', 'desc')
      .orderBy('sensor_ms', 'desc')
      .limit(count)
      .execute();
    return rows.map(sampleOf).reverse();
  }

  /**
   * A page of a range. Whoever follows `next` meets every sample of the range once, those that share an instant too.
   *
   * @throws UmaError `invalid_request` when the cursor is none that was given out
   */
  async range(
    resourceId: string,
    { fromMs, toMs, cursor, limit = DEFAULT_PAGE_SIZE }: SampleRange,
  ): Promise<SamplePage> {
    const size = Math.min(Math.max(1, limit), MAX_PAGE_SIZE);
    let query = this.samplesOf(resourceId);
    if (fromMs !== undefined) query = query.where('recorded_ms', '>=', fromMs);
    if (toMs !== undefined) query = query.where('recorded_ms', '<', toMs);
    if (cursor !== undefined) {
      const end = readCursor(cursor);
      const place = sql`(${end.recordedMs}, ${end.sensorId}, ${end.sensorMs})`;
      query = query.where(sql<boolean>`(recorded_ms, sensor_id, sensor_ms) > ${place}`);
    }
    // One more than wanted tells whether another page follows.
    const rows = await query
      .orderBy('recorded_ms')
      .orderBy('sensor_id')
      .orderBy('sensor_ms')
      .limit(size + 1)
      .execute();
    const samples = rows.slice(0, size).map(sampleOf);
    const last = samples.at(-1);
    return { samples, ...(rows.length > size && last !== undefined && { next: writeCursor(last) }) };
  }

  private samplesOf(
    resourceId: string,
  ): SelectQueryBuilder<MeasurementTables, 'heart_rate_sample', HeartRateSampleTable> {
    return this.database.kysely.selectFrom('heart_rate_sample').selectAll().where('resource_id', '=', resourceId);
  }
}
