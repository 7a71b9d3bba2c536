import type { HeartRateShownMinuteTable } from '../database/resource-server/measurements.js';
import type { Variability } from './heart-rate-variability.js';

/** How long a minute is, in milliseconds. */
export const MINUTE_MS = 60_000;
/** How many minutes are read at once: a day's, be it of 25 hours. */
export const MINUTES_AT_ONCE = 1_500;

/** The heart rates of one minute, added up. */
export interface Minute {
  /** When it begins, in milliseconds since the Unix epoch. */
  readonly minuteMs: number;
  readonly count: number;
  /** Of the heart rates, as are the least and the greatest. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Of the RR intervals; a step is one from an interval to the next of the same sensor in the same minute. */
  readonly variability: Variability;
}

/** Minutes of a resource that are wanted. Times are milliseconds since the Unix epoch. */
export interface MinuteRange {
  readonly resourceId: string;
  /** When the first minute begins, at the earliest. */
  readonly fromMs: number;
  /** When none begins any more. */
  readonly toMs: number;
}

/** The first minutes of a range, in order. */
export interface MinuteChunk {
  readonly minutes: readonly Minute[];
  /** How many had to be brought up to date for it. */
  readonly updated: number;
  /** Where the range goes on; absent at its end. */
  readonly nextMs?: number;
}

/** Gives minutes, of which it knows whether they may be seen. */
export abstract class MinuteSource {
  abstract read(range: MinuteRange): Promise<MinuteChunk>;
}

/** When the minute of a time begins. */
export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
}

type Row = Omit<HeartRateShownMinuteTable, 'resource_id'>;

/** A chunk of stored minutes; as many as are read at once may be followed by others. */
export function chunkOf(rows: readonly Row[]): MinuteChunk {
  const last = rows[MINUTES_AT_ONCE - 1];
  return { minutes: rows.map(minuteOfRow), updated: 0, ...(last && { nextMs: last.minute_ms + MINUTE_MS }) };
}

function minuteOfRow(row: Row): Minute {
  return {
    minuteMs: row.minute_ms,
    count: row.count,
    sum: row.sum,
    min: row.min,
    max: row.max,
    variability: {
      samples: row.hrv_samples,
      count: row.rr_count,
      sum: row.rr_sum,
      squareSum: row.rr_square_sum,
      steps: row.step_count,
      stepSquareSum: row.step_square_sum,
    },
  };
}
