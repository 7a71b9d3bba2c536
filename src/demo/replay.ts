import type { RecordedSample } from './recordings/recorded-sample.js';

/** How a recording is replayed. */
export interface ReplayOptions {
  /** When the replay starts, in milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** How many times faster than it was recorded, from 1 on; `Infinity` is as fast as acknowledgements permit. */
  readonly speed: number;
  /** Whether the samples keep the times of the recording. */
  readonly originalTimes?: boolean;
}

/** Samples that fall due at the same instant, in the order of the recording. */
export interface ReplayStep {
  /** When to send them, in milliseconds since the Unix epoch. */
  readonly dueMs: number;
  readonly samples: readonly RecordedSample[];
}

/** What is sent when. */
export interface ReplayPlan {
  /** When the last sample is due, in milliseconds since the Unix epoch. */
  readonly endsAtMs: number;
  /** In the order of sending. */
  readonly steps: readonly ReplayStep[];
}

/**
 * Plans a replay. A recording of span S takes S / speed. All its times are shifted alike, so that the latest falls at the
 * end of the replay; the others lie before it, spaced as they were recorded. So no sample is ahead of the clock when it
 * is sent: with a time t before the latest it is sent t / speed before the end, which is not earlier, as the speed is at
 * least 1.
 *
 * Samples stay in the order of the recording: one that goes back in time is sent with the one before it.
 *
 * @throws RangeError when the speed is below 1
 */
export function planReplay(samples: readonly RecordedSample[], options: ReplayOptions): ReplayPlan {
  const { nowMs, speed, originalTimes = false } = options;
  if (!(speed >= 1)) throw new RangeError('The speed of a replay must be at least 1.');
  const first = samples.reduce(
    (earliest, { recordedAtMs }) => Math.min(earliest, recordedAtMs),
    Number.POSITIVE_INFINITY,
  );
  const latest = samples.reduce((last, { recordedAtMs }) => Math.max(last, recordedAtMs), first);
  // Rounding up, and not down, keeps every instant of sending at or after the shifted time.
  const afterMs = (recordedMs: number): number => Math.ceil(recordedMs / speed);
  const endsAtMs = samples.length === 0 ? nowMs : nowMs + afterMs(latest - first);
  const shiftMs = originalTimes ? 0 : endsAtMs - latest;

  const steps: { readonly dueMs: number; readonly samples: RecordedSample[] }[] = [];
  for (const { recordedAtMs, heartRate } of samples) {
    const dueMs = nowMs + afterMs(recordedAtMs - first);
    const shifted = { recordedAtMs: recordedAtMs + shiftMs, heartRate };
    const step = steps.at(-1);
    if (step !== undefined && dueMs <= step.dueMs) step.samples.push(shifted);
    else steps.push({ dueMs, samples: [shifted] });
  }
  return { endsAtMs, steps };
}

/**
 * Reads a speed from the command line: a number from 1 on, or `max`.
 *
 * @throws RangeError when it is neither
 */
export function parseSpeed(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed >= 1)) throw new RangeError('The speed of a replay is a number from 1 on, or max.');
  return speed;
}
