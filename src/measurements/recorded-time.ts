import { UmaError } from '../uma/protocol/uma-error.js';
import type { RefusalReason } from './refusal-reason.js';
import { atOffset, type TimeZone, type WallClockTime } from '../common/wall-clock-time.js';

// RFC 3339 with the zone left out where old sensors leave it out; a blank may stand for the T.
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))?$/;
// What nearly every sensor sends: a time in UTC with or without milliseconds, as far as that day and hour exist, leap days left
// out. The engine reads it five times as fast as it is read below.
const DAY = /(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31/;
const ORDINARY = new RegExp(`^[12]\\d{3}-(?:${DAY.source})T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{3})?Z$`);
// What Python's and C's ctime() write: "Thu Sep 27 16:24:19 2018", days before the tenth with a blank.
const CTIME = /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
// In milliseconds this is March 1973, in seconds the year 5138: no sensor means the other unit.
const LEAST_MILLISECONDS = 1e11;

/**
 * Reads a time that must carry its zone.
 *
 * @returns milliseconds since the Unix epoch, or why the time is refused
 * @see RFC 3339 section 5.6
 */
export function readTimestamp(text: string): number | RefusalReason {
  if (ORDINARY.test(text)) return Date.parse(text);
  return readDateTime(text, undefined) ?? 'time_malformed';
}

/**
 * Reads a time as old sensors write it: like a timestamp, with or without a zone; as `ctime()` writes it, which never
 * has one; or as a number since the Unix epoch, seconds below 100,000,000,000 and milliseconds from there.
 *
 * @param zone where a time without a zone was read off a clock
 * @returns milliseconds since the Unix epoch, or why the time is refused
 */
export function readOldTime(time: string | number, zone: TimeZone | undefined): number | RefusalReason {
  if (typeof time === 'number') return Math.round(Math.abs(time) < LEAST_MILLISECONDS ? time * 1000 : time);
  return readDateTime(time, zone) ?? readCtime(time, zone) ?? 'time_malformed';
}

/**
 * Reads the header `Date` of a request.
 *
 * @returns milliseconds since the Unix epoch
 * @throws UmaError `invalid_request` when it is not in the form that senders must use
 * @see RFC 9110 sections 5.6.7 and 6.6.1
 */
export function readHttpDate(text: string): number {
  const epochMs = Date.parse(text);
  if (Number.isFinite(epochMs) && new Date(epochMs).toUTCString() === text) return epochMs;
  throw new UmaError('invalid_request', 'The header Date is no date such as Sun, 01 Mar 2026 12:00:00 GMT.');
}

function readDateTime(text: string, zone: TimeZone | undefined): number | RefusalReason | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as SixNumbers;
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const time = { year, month, day, hour, minute, second, millisecond };
  if (match[8] === undefined && match[9] === undefined) return inZone(time, zone);
  return atOffset(time, offsetMinutes(match)) ?? 'time_malformed';
}

type SixNumbers = [number, number, number, number, number, number];

function offsetMinutes(match: RegExpExecArray): number {
  const minutes = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  return match[9] === '-' ? -minutes : minutes;
}

function readCtime(text: string, zone: TimeZone | undefined): number | RefusalReason | undefined {
  const match = CTIME.exec(text);
  if (match === null) return undefined;
  const month = MONTHS.indexOf(match[1] ?? '') + 1;
  const [day, hour, minute, second, year] = match.slice(2).map(Number) as [number, number, number, number, number];
  return inZone({ year, month, day, hour, minute, second, millisecond: 0 }, zone);
}

function inZone(time: WallClockTime, zone: TimeZone | undefined): number | RefusalReason {
  if (zone === undefined) return atOffset(time, 0) === undefined ? 'time_malformed' : 'time_without_zone';
  return zone.toEpochMs(time) ?? 'time_malformed';
}
