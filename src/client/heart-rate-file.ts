/** A measurement as the route `/hearthRate` of a resource server lists it. */
export interface ListedMeasurement {
  /** Beats per minute. */
  readonly measure: number;
  /** RFC 3339 with zone. */
  readonly time: string;
}

/** Reads the body of `/hearthRate`. @returns `undefined` when it is not an array of `{ measure, time }` */
export function parseListedMeasurements(body: unknown): readonly ListedMeasurement[] | undefined {
  return Array.isArray(body) && body.every(isListedMeasurement) ? body : undefined;
}

function isListedMeasurement(entry: unknown): entry is ListedMeasurement {
  const { measure, time } = Object(entry) as Partial<Record<keyof ListedMeasurement, unknown>>;
  return Number.isFinite(measure) && typeof time === 'string' && !Number.isNaN(Date.parse(time));
}

/**
 * The text of `hearthRate.txt`: one line a measurement, `Thu Sep 27 16:24:19 2018 | Hearth Rate: 72`, in UTC. The form,
 * spelling included, is what programs that read the file expect.
 */
export function heartRateFile(measurements: readonly ListedMeasurement[]): string {
  return measurements.map(({ measure, time }) => `${oldTime(new Date(time))} | Hearth Rate: ${measure}\n`).join('');
}

function oldTime(time: Date): string {
  // "Thu, 27 Sep 2018 16:24:19 GMT"
  const [weekday = '', day, month, year, clock] = time.toUTCString().split(' ');
  return [weekday.replace(',', ''), month, day, clock, year].join(' ');
}
