import type { ZoneOffsets } from './zone-offsets.js';

const MINUTE_MS = 60_000;

/**
 * Divides time by what a wall clock shows: the day into equal parts, from midnight on. A part in which the clock is put
 * back lasts longer; one that is shown a second time as a whole is another part; where the clock is put forward one lasts
 * shorter, or is missing. So the day has as many hours as it really has.
 */
export class WallClockBuckets {
  private readonly sizeMs: number;

  /** @param minutes how long a part is by the wall clock: a divisor of 1,440 */
  constructor(
    private readonly offsets: ZoneOffsets,
    minutes: number,
  ) {
    this.sizeMs = minutes * MINUTE_MS;
  }

  /** When the part begins in which an instant lies. Both are milliseconds since the Unix epoch. */
  startOf(epochMs: number): number {
    const offsetMs = this.offsets.at(epochMs);
    const shownMs = Math.floor((epochMs + offsetMs) / this.sizeMs) * this.sizeMs;
    const startMs = shownMs - offsetMs;
    if (this.offsets.at(startMs - 1) === offsetMs) return startMs;
    const change = this.offsets.changeBefore(epochMs);
    return change === undefined || change.atMs < startMs ? startMs : this.startBefore(change, shownMs, startMs);
  }

  /** Of a part in which, or at whose beginning, the clock is changed. */
  private startBefore(change: { atMs: number; beforeMs: number }, shownMs: number, startMs: number): number {
    const firstMs = shownMs - change.beforeMs;
    const endMs = firstMs + this.sizeMs;
    const isSkipped = firstMs >= change.atMs;
    // Put back to its very beginning just as it was over, the part comes twice.
    const isOver = change.atMs > endMs || (change.atMs === endMs && change.atMs === startMs);
    return isSkipped || isOver ? change.atMs : firstMs;
  }
}
