import { UmaError } from '../uma/protocol/uma-error.js';

const DAY_MINUTES = 1_440;
const DURATION = /^P(?:(1)D|T(?=\d)(?:(\d{1,2})H)?(?:(\d{1,4})M)?)$/;

/**
 * Reads how long a bucket is to be.
 *
 * @param text an ISO 8601 duration of days, hours and minutes, such as `PT15M`, `PT1H` or `P1D`
 * @returns minutes
 * @throws UmaError `invalid_request` when it is none, or a day cannot be divided by it
 */
export function bucketMinutes(text: string): number {
  const [, days = 0, hours = 0, minutes = 0] = DURATION.exec(text) ?? [];
  const size = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  if (size > 0 && DAY_MINUTES % size === 0) return size;
  throw new UmaError('invalid_request', 'bucket must be a duration that a day can be divided by, from PT1M to P1D.');
}
