import { setImmediate } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { Recent } from '../common/recent.js';
import { Bucket } from './bucket.js';
import { type Minute, type MinuteChunk, minuteOf, MINUTES_AT_ONCE, type MinuteSource } from './minute.js';
import { readTimeCursor, writeTimeCursor } from './page-cursor.js';
import { ShownMinutes } from './shown-minutes.js';
import { WallClockBuckets } from './wall-clock-buckets.js';
import { WholeMinutes } from './whole-minutes.js';
import { ZoneOffsets } from './zone-offsets.js';

/** How many buckets a page has when nobody says. */
export const DEFAULT_BUCKETS = 500;
/** The most buckets that a page may have: a day of minutes. */
export const MAX_BUCKETS = 1_440;
/** The most minutes that the buckets of a page are made of, as far as one bucket is not more. */
const MAX_MINUTES = 100_000;
const MAX_ZONES = 100;
/** The end of time, as far as dates go. */
const LAST_MS = 8.64e15;

/** Which buckets of a resource are wanted. Times are milliseconds since the Unix epoch. */
export interface SummaryRange {
  /** How long a bucket is, in minutes of the wall clock: a divisor of 1,440. */
  readonly minutes: number;
  /** Where the wall clock hangs. */
  readonly zone: ZoneOffsets;
  /** Every sample counts, or only what may be shown to whoever may not see samples. */
  readonly view: 'whole' | 'settled';
  /** A time of the first minute that counts. */
  readonly fromMs?: number | undefined;
  /** The time up to which minutes count: the one in which it lies does. */
  readonly toMs?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** The most buckets to give, from 1 to {@link MAX_BUCKETS}; {@link DEFAULT_BUCKETS} when not given. */
  readonly limit?: number | undefined;
}

/** Buckets with something in them, oldest first. */
export interface SummaryPage {
  readonly buckets: readonly Bucket[];
  /** Cursor of the page that follows, when there may be more. */
  readonly next?: string;
}

/** Sums up what was stored, by minutes that were added up as it came in: samples are not read. */
@Injectable()
export class Summaries {
  private readonly zones = new Recent<string, ZoneOffsets>(MAX_ZONES);

  constructor(
    private readonly wholeMinutes: WholeMinutes,
    private readonly shownMinutes: ShownMinutes,
  ) {}

  /** The zone of an IANA name. @throws RangeError when there is none */
  zone(name: string): ZoneOffsets {
    return this.zones.get(name, () => new ZoneOffsets(name));
  }

  /**
   * A page of buckets. A range counts by whole minutes; at its ends a bucket may be there in part.
   *
   * @throws UmaError `invalid_request` when the cursor is none that was given out
   */
  async page(resourceId: string, range: SummaryRange): Promise<SummaryPage> {
    const { minutes, zone, view, toMs = LAST_MS } = range;
    const source: MinuteSource = view === 'whole' ? this.wholeMinutes : this.shownMinutes;
    const page = new PageOfBuckets(new WallClockBuckets(zone, minutes), sizeOf(range));
    let nextMs = firstMinuteOf(range);
    while (nextMs !== undefined && page.hasRoomAt(nextMs)) {
      const chunk: MinuteChunk = await source.read({ resourceId, fromMs: nextMs, toMs });
      nextMs = page.fill(chunk.minutes) ?? chunk.nextMs;
      page.spent += chunk.updated;
      // SQLite answers at once: others want their turn, too.
      if (nextMs !== undefined) await setImmediate();
    }
    return { buckets: page.buckets, ...(nextMs !== undefined && { next: writeTimeCursor(nextMs) }) };
  }
}

/** @returns `undefined` for a range with nothing in it */
function firstMinuteOf({ fromMs = 0, toMs = LAST_MS, cursor }: SummaryRange): number | undefined {
  const beginningMs = Math.max(minuteOf(fromMs), cursor === undefined ? 0 : readTimeCursor(cursor));
  return fromMs < toMs ? beginningMs : undefined;
}

function sizeOf({ minutes, limit = DEFAULT_BUCKETS }: SummaryRange): number {
  const size = Math.min(Math.max(1, limit), MAX_BUCKETS);
  return Math.min(size, Math.ceil(MAX_MINUTES / minutes));
}

/** The buckets of a page while they are filled. */
class PageOfBuckets {
  readonly buckets: Bucket[] = [];
  /** How many minutes had to be brought up to date for it: who wants more of these has to come again. */
  spent = 0;

  constructor(
    private readonly parts: WallClockBuckets,
    private readonly size: number,
  ) {}

  /** Whether the bucket in which a time lies is the last one of the page, or can still be. */
  hasRoomAt(epochMs: number): boolean {
    const isFull = this.buckets.length === this.size || this.spent >= MINUTES_AT_ONCE;
    return !isFull || this.parts.startOf(epochMs) === this.buckets.at(-1)?.startMs;
  }

  /** @returns when the first of the minutes begins for which there was no room */
  fill(minutes: readonly Minute[]): number | undefined {
    for (const minute of minutes) {
      const startMs = this.parts.startOf(minute.minuteMs);
      if (this.buckets.at(-1)?.startMs !== startMs) {
        if (!this.hasRoomAt(minute.minuteMs)) return minute.minuteMs;
        this.buckets.push(new Bucket(startMs));
      }
      this.buckets.at(-1)?.add(minute);
    }
    return undefined;
  }
}
