/** What has to be known of RR intervals to tell how much they vary; of several sets it can be added up. */
export interface Variability {
  /** How many samples they are of. */
  readonly samples: number;
  /** How many there are, their sum in milliseconds, and that of their squares. */
  readonly count: number;
  readonly sum: number;
  readonly squareSum: number;
  /** How many of them follow another one, and the sum of the squares by which they differ from it. */
  readonly steps: number;
  readonly stepSquareSum: number;
}

/** Of no intervals. */
export const NO_VARIABILITY: Variability = { samples: 0, count: 0, sum: 0, squareSum: 0, steps: 0, stepSquareSum: 0 };

/** Of the intervals of one sensor's samples, which follow each other. */
export function variabilityOf(samples: readonly (readonly number[])[]): Variability {
  const intervals = samples.flat();
  const squareOf = (value: number): number => value * value;
  const steps = intervals.slice(1).map((interval, index) => interval - (intervals[index] ?? 0));
  return {
    samples: samples.length,
    count: intervals.length,
    sum: total(intervals),
    squareSum: total(intervals.map(squareOf)),
    steps: steps.length,
    stepSquareSum: total(steps.map(squareOf)),
  };
}

/** Of two sets together; between them no interval follows another. */
export function together(one: Variability, other: Variability): Variability {
  return {
    samples: one.samples + other.samples,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    squareSum: one.squareSum + other.squareSum,
    steps: one.steps + other.steps,
    stepSquareSum: one.stepSquareSum + other.stepSquareSum,
  };
}

/** What {@link readVariability} reads: a JSON array, as short as can be, for there are many. */
export function writeVariability({ samples, count, sum, squareSum, steps, stepSquareSum }: Variability): string {
  return JSON.stringify([samples, count, sum, squareSum, steps, stepSquareSum]);
}

/** @returns `undefined` where nothing was written */
export function readVariability(text: string | null): Variability | undefined {
  if (text === null) return undefined;
  const [samples, count, sum, squareSum, steps, stepSquareSum] = JSON.parse(text) as SixNumbers;
  return { samples, count, sum, squareSum, steps, stepSquareSum };
}

type SixNumbers = [number, number, number, number, number, number];

/**
 * Root mean square of successive differences, in milliseconds; `undefined` where no interval follows another.
 *
 * @see Task Force of the European Society of Cardiology, Heart rate variability (1996), table 1
 */
export function rmssd({ steps, stepSquareSum }: Variability): number | undefined {
  return steps === 0 ? undefined : Math.sqrt(stepSquareSum / steps);
}

/** Standard deviation (of a sample, n − 1) of the intervals, in milliseconds; `undefined` of fewer than two. @see rmssd */
export function sdnn({ count, sum, squareSum }: Variability): number | undefined {
  // What rounding leaves of equal intervals may lie below zero.
  return count < 2 ? undefined : Math.sqrt(Math.max(0, squareSum - (sum * sum) / count) / (count - 1));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
