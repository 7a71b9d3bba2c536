import type { LocalTime } from './local-time.js';
import { RecordingError } from './recording-error.js';

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const DATE_TIME =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<minutes>\d\d:\d\d):(?<seconds>[0-5]\d|60)(?<fraction>\.\d+)?(?<zone>[Zz]|[+-]\d\d:?\d\d)?$/;
/** From here on an epoch time is in milliseconds: as seconds this is the year 5138, as milliseconds it is 1973. */
const LEAST_EPOCH_MS = 1e11;
const MOST_EPOCH_MS = 1e14;

/**
 * Reads a heart rate that a recording holds as text. Any number passes, a negative one too.
 *
 * @param where the place in the recording, for the message: `line 7`
 * @throws RecordingError when it is not a number
 */
export function recordedHeartRate(text: string, where: string): number {
  if (!NUMBER.test(text)) throw new RecordingError(`${where} has a heart rate that is not a number`);
  return Number(text);
}

/**
 * Reads an instant that a recording holds as text: RFC 3339, or seconds or milliseconds since the Unix epoch.
 *
 * @param where the place in the recording, for the message: `line 7`
 * @param localTime how times without a zone are read
 * @returns milliseconds since the Unix epoch
 * @throws RecordingError when it is neither, or has no zone and `localTime` is not given
 */
export function recordedInstantMs(text: string, where: string, localTime?: LocalTime): number {
  const instant = NUMBER.test(text) ? epochMs(Number(text)) : dateTimeMs(text, where, localTime);
  if (instant === undefined) {
    throw new RecordingError(`${where} has a time that is neither RFC 3339 nor seconds or milliseconds since 1970`);
  }
  return instant;
}

function epochMs(value: number): number | undefined {
  if (value < 0 || value >= MOST_EPOCH_MS) return undefined;
  return Math.round(value < LEAST_EPOCH_MS ? value * 1000 : value);
}

function dateTimeMs(text: string, where: string, localTime: LocalTime | undefined): number | undefined {
  const parts = DATE_TIME.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const minute = wholeMinuteMs(`${parts['date'] ?? ''}T${parts['minutes'] ?? ''}`);
  if (minute === undefined) return undefined;
  const seconds = Number(parts['seconds']) + Number(parts['fraction'] ?? 0);
  const shown = minute + Math.round(seconds * 1000);
  if (parts['zone'] !== undefined) return shown - offsetMs(parts['zone']);
  if (localTime !== undefined) return localTime(shown);
  throw new RecordingError(`${where} has a time without a zone, and no time zone was given to read it in`);
}

function wholeMinuteMs(written: string): number | undefined {
  const ms = Date.parse(`${written}Z`);
  // Date.parse takes the 30th of February for the 1st of March: what it understood must be what was written.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(written) ? ms : undefined;
}

function offsetMs(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
