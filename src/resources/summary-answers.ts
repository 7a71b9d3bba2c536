import type { Bucket } from '../measurements/bucket.js';
import { rmssd, sdnn } from '../measurements/heart-rate-variability.js';
import type { SummaryPage } from '../measurements/summaries.js';
import type { ZoneOffsets } from '../measurements/zone-offsets.js';

const MINUTE_MS = 60_000;

/** The heart rates of a stretch of time, as a reader gets them. */
export class HeartRateBucket {
  /** When it begins: RFC 3339, as the clocks of the zone show it. */
  readonly start!: string;
  /** How many samples it has. */
  readonly count!: number;
  /** Beats per minute, as are the mean and the greatest. */
  readonly min!: number;
  readonly mean!: number;
  readonly max!: number;
  /** Root mean square of the differences between RR intervals that follow each other, in milliseconds; where there are some. */
  readonly rmssd?: number;
  /** Standard deviation of the RR intervals, in milliseconds; where there are some. */
  readonly sdnn?: number;
}

/** Buckets with something in them, oldest first. */
export class HeartRateSummary {
  readonly buckets!: HeartRateBucket[];
  /** Value of `cursor` for the page that follows, when there may be more. */
  readonly next?: string;
}

/** What a reader sees of a page. */
export function heartRateSummaryOf({ buckets, next }: SummaryPage, zone: ZoneOffsets): HeartRateSummary {
  return { buckets: buckets.map((bucket) => bucketOf(bucket, zone)), ...(next !== undefined && { next }) };
}

function bucketOf({ startMs, count, sum, min, max, variability }: Bucket, zone: ZoneOffsets): HeartRateBucket {
  const [differences, deviation] = [rmssd(variability), sdnn(variability)];
  return {
    start: shownAt(startMs, zone),
    count,
    min,
    mean: sum / count,
    max,
    ...(differences !== undefined && { rmssd: differences }),
    ...(deviation !== undefined && { sdnn: deviation }),
  };
}

/** An instant as the clocks of a zone show it. Of an offset with seconds, as there were before 1972, the minutes count. */
function shownAt(epochMs: number, zone: ZoneOffsets): string {
  const offset = Math.round(zone.at(epochMs) / MINUTE_MS);
  const dateAndTime = new Date(epochMs + offset * MINUTE_MS).toISOString().slice(0, 19);
  return dateAndTime + (offset === 0 ? 'Z' : offsetText(offset));
}

function offsetText(minutes: number): string {
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
