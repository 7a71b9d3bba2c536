import type { Plan } from './rounds.js';

/** The longest that a line may take, in milliseconds. */
export const LONGEST_LINE_MS = 120_000;

/** Kept free for stopping the servers, in milliseconds. */
export const TO_STOP_MS = 12_000;
const LONGEST_SLICE_MS = 3_000;
/** Less says nothing. */
const SHORTEST_SLICE_MS = 250;
const WARM_UP_SLICES = 3;

/** What the timetable of a line is made from. Times are milliseconds. */
export interface Wishes {
  readonly rounds: number;
  /** How long a slice should be; 3 seconds when nothing is said. */
  readonly sliceMs: number | undefined;
  readonly contenders: number;
  /** What is left for measuring of the line's time. */
  readonly leftMs: () => number;
}

/** Lays the slices of a line out so that it ends in time: they are as long as wished, or as there is time for. */
export function timetable({ rounds, sliceMs = LONGEST_SLICE_MS, contenders, leftMs }: Wishes): Plan {
  const share = leftMs() / contenders / (rounds + WARM_UP_SLICES);
  const slice = Math.max(SHORTEST_SLICE_MS, Math.min(sliceMs, share));
  return { rounds, sliceMs: slice, warmUpMs: WARM_UP_SLICES * slice, leftMs };
}
