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
  /** Of the RR intervals, when there are any; a step is from one to the next of the same sensor in the same minute. */
  readonly variability: Variability | undefined;
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

/** A chunk of minutes that were up to date; as many as are read at once may be followed by others. */
export function chunkOf(minutes: readonly Minute[]): MinuteChunk {
  const last = minutes[MINUTES_AT_ONCE - 1];
  return { minutes, updated: 0, ...(last && { nextMs: last.minuteMs + MINUTE_MS }) };
}

/** Gives minutes, as far as they may be seen. */
export abstract class MinuteSource {
  abstract read(range: MinuteRange): Promise<MinuteChunk>;
}

/** When the minute of a time begins. */
export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
}
