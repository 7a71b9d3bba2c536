import { UmaError } from '../uma/protocol/uma-error.js';
import { readTimestamp } from '../measurements/recorded-time.js';

/**
 * Reads a time of a query.
 *
 * @param name of the query parameter, for the error
 * @returns milliseconds since the Unix epoch; `undefined` when nothing was asked
 * @throws UmaError `invalid_request` when it is no RFC 3339 time with a zone
 */
export function timeOfQuery(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A "+" that was not percent-encoded arrives as a blank, and only before the zone can that have been.
  const time = readTimestamp(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (typeof time === 'number') return time;
  throw new UmaError('invalid_request', `${name} must be a time with its zone, such as 2026-03-01T12:00:00Z.`);
}
