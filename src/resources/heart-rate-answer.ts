import type { SamplePage } from '../measurements/measurements.js';
import type { Sample } from '../measurements/reading.js';

/** One heart rate as a reader gets it. */
export class HeartRate {
  /** Beats per minute. */
  readonly heartRate!: number;
  /** When it was measured: RFC 3339 in UTC. */
  readonly recordedAt!: string;
  /** Times from beat to beat in milliseconds, oldest first, when the sensor told them. */
  readonly rrIntervals?: number[];
  /** Whether the sensor touched the skin, when it told: without contact the heart rate is not to be trusted. */
  readonly contact?: boolean;
  /** Energy expended since the sensor began to count, in kilojoules, when it told. */
  readonly energy?: number;
}

/** Heart rates, oldest first. */
export class HeartRatePage {
  readonly samples!: HeartRate[];
  /** Value of `cursor` for the page that follows, when there are more. */
  readonly next?: string;
}

/** One measurement in the form of the systems before. */
export class OldMeasurement {
  /** Beats per minute. */
  readonly measure!: number;
  /** When it was measured: RFC 3339 in UTC, so that nobody has to guess the zone as with the old form. */
  readonly time!: string;
}

/** What a reader sees of a sample: not which sensor sent it, nor when. */
export function heartRateOf({ heartRate, recordedMs, rrIntervalsMs, contact, energyKj }: Sample): HeartRate {
  return {
    heartRate,
    recordedAt: new Date(recordedMs).toISOString(),
    ...(rrIntervalsMs && { rrIntervals: [...rrIntervalsMs] }),
    ...(contact !== undefined && { contact }),
    ...(energyKj !== undefined && { energy: energyKj }),
  };
}

/** What a reader sees of a page. */
export function heartRatePageOf({ samples, next }: SamplePage): HeartRatePage {
  return { samples: samples.map(heartRateOf), ...(next !== undefined && { next }) };
}

/** What an old client sees of a sample. */
export function oldMeasurementOf({ heartRate, recordedMs }: Sample): OldMeasurement {
  return { measure: heartRate, time: new Date(recordedMs).toISOString() };
}
