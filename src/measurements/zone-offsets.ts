import { Recent } from '../common/recent.js';
import { TimeZone } from '../common/wall-clock-time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MAX_DAYS = 1_000;

/** A change of the clocks. */
export interface ClockChange {
  readonly atMs: number;
  /** What the clocks were ahead of UTC before, in milliseconds. */
  readonly beforeMs: number;
}

/** A day of UTC: its offsets, and the change between them. */
interface Day {
  readonly startMs: number;
  readonly offsetMs: number;
  readonly change?: ClockChange & { readonly afterMs: number };
}

/**
 * What the clocks of a zone are ahead of UTC, remembered: to ask a {@link TimeZone} takes microseconds. No zone changes its
 * clocks twice in two days.
 */
export class ZoneOffsets {
  private readonly zone: TimeZone;
  private readonly days = new Recent<number, Day>(MAX_DAYS);
  /** Times that are asked for one after the other are mostly of one day. */
  private last: Day;

  /** @throws RangeError when there is no such zone */
  constructor(name: string) {
    this.zone = new TimeZone(name);
    this.last = this.look(0);
  }

  /** What the clocks are ahead of UTC at an instant, in milliseconds. */
  at(epochMs: number): number {
    const { offsetMs, change } = this.dayOf(epochMs);
    return change !== undefined && epochMs >= change.atMs ? change.afterMs : offsetMs;
  }

  /** The latest change of the clocks within two days before an instant, or at it. */
  changeBefore(epochMs: number): ClockChange | undefined {
    for (const daysAgo of [0, 1, 2]) {
      const { change } = this.dayOf(epochMs - daysAgo * DAY_MS);
      if (change !== undefined && change.atMs <= epochMs) return change;
    }
    return undefined;
  }

  private dayOf(epochMs: number): Day {
    const startMs = Math.floor(epochMs / DAY_MS) * DAY_MS;
    if (this.last.startMs !== startMs) this.last = this.days.get(startMs, () => this.look(startMs));
    return this.last;
  }

  private look(startMs: number): Day {
    const offsetMs = this.zone.offsetMs(startMs);
    const afterMs = this.zone.offsetMs(startMs + DAY_MS);
    if (offsetMs === afterMs) return { startMs, offsetMs };
    let [before, after] = [0, DAY_MS / MINUTE_MS];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.zone.offsetMs(startMs + middle * MINUTE_MS) === offsetMs) before = middle;
      else after = middle;
    }
    return { startMs, offsetMs, change: { atMs: startMs + after * MINUTE_MS, beforeMs: offsetMs, afterMs } };
  }
}
