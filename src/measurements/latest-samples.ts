import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { News, NoNews } from '../common/news.js';
import { Database } from '../database/database.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import { Hub } from './hub.js';
import type { Sample } from './reading.js';
import { sampleOf } from './sample-row.js';

const MAX_KNOWN = 100_000;
/** A sensor's clock this far ahead of ours still tells the present. */
const TOLERATED_AHEAD_MS = 2_000;

/** One look into the database, and what was stored meanwhile. */
interface Reading {
  arrived: Sample | undefined;
  readonly answer: Promise<Sample | undefined>;
}

/**
 * The latest sample of each resource, from memory: it is what viewers ask for most. What memory lacks comes from the
 * database: after a restart, when another instance has stored something, or may have, when there are very many resources,
 * and while the newest sample lies ahead of the clock.
 */
@Injectable()
export class LatestSamples {
  /** Newest by resource, the resource that waited longest for its last change first. */
  private readonly known = new Map<string, Sample>();
  private readonly reading = new Map<string, Reading>();

  constructor(
    private readonly database: Database<MeasurementTables>,
    hub: Hub,
    private readonly clock: Clock,
    private readonly news: News = new NoNews(),
  ) {
    hub.subscribe(({ resourceId, samples }) => {
      if (samples.length === 0) this.forget(resourceId);
      for (const sample of samples) this.note(sample);
    });
    news.onMissed(() => {
      this.known.clear();
      this.reading.clear();
    });
  }

  /**
   * The sample with the newest time that has come, whenever it was sent; `undefined` when there is none. Two seconds
   * ahead count as come.
   */
  async of(resourceId: string): Promise<Sample | undefined> {
    const presentMs = this.presentMs();
    if (!this.news.isComplete) return this.readFromDatabase(resourceId, presentMs);
    const newest = await this.newest(resourceId);
    if (newest === undefined || newest.recordedMs <= presentMs) return newest;
    return this.readFromDatabase(resourceId, presentMs);
  }

  /** The latest time that counts as come, in milliseconds since the Unix epoch. */
  presentMs(): number {
    return this.clock.nowMs() + TOLERATED_AHEAD_MS;
  }

  /** The sample with the newest time, be it ahead: it becomes the latest when its time has come. */
  private async newest(resourceId: string): Promise<Sample | undefined> {
    const known = this.known.get(resourceId);
    if (known !== undefined) return known;
    const reading = this.reading.get(resourceId);
    return reading === undefined ? this.read(resourceId) : reading.answer;
  }

  private note(sample: Sample): void {
    const reading = this.reading.get(sample.resourceId);
    if (reading !== undefined) reading.arrived = newer(reading.arrived, sample);
    const known = this.known.get(sample.resourceId);
    // While memory knows nothing, the database may hold something newer than what comes in.
    if (known !== undefined) this.remember(newer(known, sample));
  }

  /** Another instance has stored something: what is being read may not be the newest any more. */
  private forget(resourceId: string): void {
    this.known.delete(resourceId);
    this.reading.delete(resourceId);
  }

  private read(resourceId: string): Promise<Sample | undefined> {
    const reading: Reading = {
      arrived: undefined,
      answer: this.readFromDatabase(resourceId).then((stored) => {
        const { arrived } = reading;
        const newest = stored === undefined || arrived === undefined ? (stored ?? arrived) : newer(stored, arrived);
        if (newest !== undefined && this.reading.get(resourceId) === reading) this.remember(newest);
        return newest;
      }),
    };
    this.reading.set(resourceId, reading);
    const done = (): void => {
      if (this.reading.get(resourceId) === reading) this.reading.delete(resourceId);
    };
    reading.answer.then(done, done);
    return reading.answer;
  }

  private remember(sample: Sample): void {
    this.known.delete(sample.resourceId);
    this.known.set(sample.resourceId, sample);
    if (this.known.size <= MAX_KNOWN) return;
    const [longestUnchanged] = this.known.keys();
    if (longestUnchanged !== undefined) this.known.delete(longestUnchanged);
  }

  private async readFromDatabase(resourceId: string, untilMs?: number): Promise<Sample | undefined> {
    const stored = this.database.kysely
      .selectFrom('heart_rate_sample')
      .selectAll()
      .where('resource_id', '=', resourceId);
    const row = await (untilMs === undefined ? stored : stored.where('recorded_ms', '<=', untilMs))
      .orderBy('recorded_ms', 'desc')
      .orderBy('sensor_id', 'desc')
      .orderBy('sensor_ms', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : sampleOf(row);
  }
}

function newer(sample: Sample | undefined, other: Sample): Sample {
  return sample === undefined || other.recordedMs >= sample.recordedMs ? other : sample;
}
