import { minuteOf } from './minute.js';
import type { Sample } from './reading.js';

/** What samples add to one minute of a resource. */
export interface MinuteSum {
  readonly resourceId: string;
  /** When the minute begins. */
  readonly minuteMs: number;
  count: number;
  /** Of the heart rates, as are the least and the greatest. */
  sum: number;
  min: number;
  max: number;
  /** How many of them have RR intervals. */
  rrSamples: number;
}

/** Adds samples up by resource and minute; what was measured without contact with the skin is no heart rate. */
export function minuteSums(samples: Iterable<Sample>): readonly MinuteSum[] {
  const sums = new Map<string, MinuteSum>();
  for (const sample of samples) {
    if (sample.contact !== false) add(sums, sample);
  }
  return [...sums.values()];
}

function add(sums: Map<string, MinuteSum>, { resourceId, recordedMs, heartRate, rrIntervalsMs }: Sample): void {
  const minuteMs = minuteOf(recordedMs);
  const rrSamples = rrIntervalsMs === undefined ? 0 : 1;
  const key = `${minuteMs} ${resourceId}`;
  const sum = sums.get(key);
  if (sum === undefined) {
    sums.set(key, { resourceId, minuteMs, count: 1, sum: heartRate, min: heartRate, max: heartRate, rrSamples });
    return;
  }
  sum.count += 1;
  sum.sum += heartRate;
  sum.min = Math.min(sum.min, heartRate);
  sum.max = Math.max(sum.max, heartRate);
  sum.rrSamples += rrSamples;
}
