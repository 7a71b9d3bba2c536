import { Injectable } from '@nestjs/common';

import { Recent } from '../common/recent.js';

/** Clocks that differ by no more are taken for right; a message may well be as long under way. */
export const TOLERATED_SKEW_MS = 2_000;
/** What was seen longer ago than this, and up to twice as long, counts no more. */
export const SKEW_WINDOW_MS = 60_000;
/** A message that was sent so much before one that came earlier was not late: the clock was put back. */
export const LATEST_MS = 60_000;
const MAX_KNOWN = 100_000;

/** What the clocks of sensors that tell when they send are behind ours. */
@Injectable()
export class SensorClocks {
  private readonly clocks = new Recent<string, SensorClock>(MAX_KNOWN);

  /**
   * What has to be added to the times of a message, in milliseconds; negative when the sensor's clock is ahead. Times are
   * milliseconds since the Unix epoch.
   *
   * @param sentMs when the sensor sent the message, by its own clock
   * @param receivedMs when it came, by ours
   */
  correctionMs(sensorId: string, sentMs: number, receivedMs: number): number {
    return this.clocks.get(sensorId, () => new SensorClock()).correctionMs(sentMs, receivedMs);
  }
}

/**
 * The clock of one sensor. From sending to receiving passes what its clock is behind, and the time under way, which only
 * adds: the least of what was seen lately is closest to the truth. A clock that is put forward is believed at once, and so
 * is one that is put back by more than messages are late; by less, after two windows.
 */
class SensorClock {
  private sinceMs = -Infinity;
  private lastSentMs = -Infinity;
  /** The least since then, and in the window before. */
  private leastMs = Infinity;
  private leastBeforeMs = Infinity;
  private correction = 0;

  correctionMs(sentMs: number, nowMs: number): number {
    this.turn(sentMs, nowMs);
    this.leastMs = Math.min(this.leastMs, nowMs - sentMs);
    const skewMs = Math.min(this.leastMs, this.leastBeforeMs);
    // What holds goes on to hold, so that times keep their distance although some messages are faster than others.
    if (Math.abs(skewMs - this.correction) > TOLERATED_SKEW_MS) {
      this.correction = Math.abs(skewMs) > TOLERATED_SKEW_MS ? skewMs : 0;
    }
    return this.correction;
  }

  /** Begins a new window where one is over; our own clock may have been put back, too. */
  private turn(sentMs: number, nowMs: number): void {
    const wasPutBack = sentMs < this.lastSentMs - LATEST_MS || nowMs < this.sinceMs;
    this.lastSentMs = wasPutBack ? sentMs : Math.max(this.lastSentMs, sentMs);
    const age = wasPutBack ? Infinity : nowMs - this.sinceMs;
    if (age < SKEW_WINDOW_MS) return;
    // After a long silence our own clock may have been put forward as well: what was known is known no more.
    this.leastBeforeMs = age < 2 * SKEW_WINDOW_MS ? this.leastMs : Infinity;
    this.leastMs = Infinity;
    this.sinceMs = nowMs;
  }
}
