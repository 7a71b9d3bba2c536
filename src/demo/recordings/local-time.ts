import { TimeZone } from '../../common/wall-clock-time.js';

/** Turns what the clocks of one time zone showed (milliseconds since 1970, as if it were UTC) into the instant. */
export type LocalTime = (shownMs: number) => number;

/**
 * Makes the reader for times that carry no zone.
 *
 * @param timeZone an IANA name, for instance `Europe/Vienna`
 * @throws RangeError when there is no such time zone
 */
export function localTimeIn(timeZone: string): LocalTime {
  const zone = new TimeZone(timeZone);
  return (shownMs) => zone.instantOf(shownMs);
}
