/** A measurement as the route `/hearthRate` of a resource server lists it. */
export interface ListedMeasurement {
  /** Beats per minute. */
  readonly measure: number;
  /** RFC 3339 with zone. */
  readonly time: string;
}

/**
 * Reads the body of `/hearthRate`.
 *
 * @throws TypeError when it is not an array of `{ measure, time }`
 */
export function parseListedMeasurements(body: unknown): readonly ListedMeasurement[] {
  if (!Array.isArray(body) || !body.every(isListedMeasurement)) {
    throw new TypeError('The resource server did not answer with a list of measurements.');
  }
  return body;
}

function isListedMeasurement(entry: unknown): entry is ListedMeasurement {
  if (typeof entry !== 'object' || entry === null || !('measure' in entry) || !('time' in entry)) return false;
  return Number.isFinite(entry.measure) && typeof entry.time === 'string' && !Number.isNaN(Date.parse(entry.time));
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
