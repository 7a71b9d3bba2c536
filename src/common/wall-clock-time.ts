const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A time as a clock on the wall shows it: nothing says yet where the wall is. Months count from 1. */
export interface WallClockTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/**
 * The time at an offset from UTC.
 *
 * @returns milliseconds since the Unix epoch; `undefined` for 30 February, 25 o'clock and their like
 */
export function atOffset(time: WallClockTime, offsetMinutes: number): number | undefined {
  const utc = asIfUtc(time);
  const same = new Date(utc);
  const exists =
    same.getUTCFullYear() === time.year &&
    same.getUTCMonth() + 1 === time.month &&
    same.getUTCDate() === time.day &&
    same.getUTCHours() === time.hour &&
    same.getUTCMinutes() === time.minute &&
    same.getUTCSeconds() === time.second;
  return exists ? utc - offsetMinutes * MINUTE_MS : undefined;
}

/** Reads wall clocks of one region of the world, summer time included. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;

  /**
   * @param name IANA name, such as `Europe/Berlin`
   * @throws RangeError when there is no such zone
   */
  constructor(name: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /**
   * When the clocks of this zone show `time`; see {@link TimeZone.instantOf}.
   *
   * @returns milliseconds since the Unix epoch; `undefined` for 30 February, 25 o'clock and their like
   */
  toEpochMs(time: WallClockTime): number | undefined {
    const shownMs = atOffset(time, 0);
    return shownMs === undefined ? undefined : this.instantOf(shownMs);
  }

  /**
   * When the clocks of this zone show a time, given as milliseconds since 1970 as if it were UTC. A time that comes
   * twice, as clocks are put back, means the first of the two; a time that is skipped, as clocks are put forward, means
   * the instant reached by not putting them forward. Both are what `Temporal` calls "compatible".
   *
   * @returns milliseconds since the Unix epoch
   */
  instantOf(shownMs: number): number {
    // No zone changes its clocks twice in two days, so one of these two offsets holds.
    const before = this.offsetMs(shownMs - DAY_MS);
    const after = this.offsetMs(shownMs + DAY_MS);
    const first = shownMs - Math.max(before, after);
    const second = shownMs - Math.min(before, after);
    if (this.offsetMs(first) === shownMs - first) return first;
    return this.offsetMs(second) === shownMs - second ? second : shownMs - before;
  }

  /** What the zone's clocks are ahead of UTC at an instant, in milliseconds. */
  offsetMs(epochMs: number): number {
    const written = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.format.format(epochMs)) ?? [];
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = written;
    const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  }
}

function asIfUtc(time: WallClockTime): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second, time.millisecond);
}
