import fc from 'fast-check';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import type { Database } from '../database/database.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { rmssd } from './heart-rate-variability.js';
import { MINUTES_AT_ONCE } from './minute.js';
import { MinuteVariabilities } from './minute-variabilities.js';
import type { Sample } from './reading.js';
import { LEAST_SHOWN, SETTLING_MS, ShownMinutes } from './shown-minutes.js';
import { Summaries, type SummaryRange } from './summaries.js';
import { WholeMinutes } from './whole-minutes.js';
import { ZoneOffsets } from './zone-offsets.js';

const MINUTE_MS = 60_000;
const UTC = new ZoneOffsets('UTC');

/** The summaries as one of several processes has them. */
function summariesOf(database: Database<MeasurementTables>, clock: FixedClock): Summaries {
  const variabilities = new MinuteVariabilities(database);
  const shown = new ShownMinutes(database, variabilities, clock);
  return new Summaries(new WholeMinutes(database, variabilities), shown);
}

describeOnEachDatabase('summaries that tell no sample', (open) => {
  const some = async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const clock = new FixedClock();
    const start = clock.nowMs();
    const store = new DatabaseSampleStore(database);
    const [one, other] = [summariesOf(database, clock), summariesOf(database, clock)];
    const ask = async (range: Partial<SummaryRange> = {}) =>
      (await one.page('alice', { minutes: 1, zone: UTC, view: 'settled', ...range })).buckets;
    let sent = 0;
    /** Samples of the minute that begins so many minutes after the start. */
    const send = async (minute: number, count: number, more: Partial<Sample> = {}): Promise<void> => {
      await store.insert(
        Array.from({ length: count }, () => {
          sent += 1;
          const recordedMs = start + minute * MINUTE_MS + sent;
          const place = { resourceId: 'alice', sensorId: 'strap', sensorMs: recordedMs, receivedMs: clock.nowMs() };
          return { ...place, recordedMs, heartRate: 60 + count, ...more };
        }),
      );
    };
    const counts = async (range: Partial<SummaryRange> = {}): Promise<number[]> =>
      (await ask(range)).map(({ count }) => count);
    return { database, clock, start, store, one, other, ask, send, counts };
  };

  it('show a minute once it is over and had time to settle', async () => {
    const { clock, send, counts } = await some();
    await send(0, 60);
    clock.advanceMs(MINUTE_MS + SETTLING_MS - 1);
    expect(await counts()).toEqual([]);
    expect(await counts({ view: 'whole' })).toEqual([60]);
    clock.advanceMs(1);
    expect(await counts()).toEqual([60]);
  });

  it('never show fewer samples than five', async () => {
    const { clock, send, counts } = await some();
    await send(0, LEAST_SHOWN - 1);
    await send(1, LEAST_SHOWN);
    clock.advanceMs(3 * MINUTE_MS);
    expect(await counts()).toEqual([5]);
    expect(await counts({ minutes: 60 })).toEqual([5]);
    expect(await counts({ view: 'whole', minutes: 60 })).toEqual([9]);
  });

  it('show what comes late together with others that do, or in a minute that was not shown before', async () => {
    const { clock, send, counts } = await some();
    await send(0, 10);
    await send(1, 3);
    clock.advanceMs(3 * MINUTE_MS);
    expect(await counts()).toEqual([10]);
    await send(0, 4);
    await send(1, 1);
    expect(await counts()).toEqual([10]);
    await send(1, 1);
    expect(await counts()).toEqual([10, 5]);
    await send(0, 1);
    expect(await counts()).toEqual([15, 5]);
    expect(await counts({ view: 'whole' })).toEqual([15, 5]);
  });

  it('show the sum, the least and the greatest of what they count', async () => {
    const { clock, send, ask } = await some();
    await send(0, 5);
    await send(0, 6);
    clock.advanceMs(2 * MINUTE_MS);
    await ask();
    await send(0, 4, { heartRate: 300 });
    expect(await ask()).toMatchObject([{ count: 11, sum: 5 * 65 + 6 * 66, min: 65, max: 66 }]);
    await send(0, 1, { heartRate: 20 });
    expect(await ask()).toMatchObject([{ count: 16, sum: 5 * 65 + 6 * 66 + 4 * 300 + 20, min: 20, max: 300 }]);
  });

  it('tell how the heart rate varies by five samples with intervals or more, and as many more', async () => {
    const { clock, send, ask } = await some();
    const variation = async (): Promise<unknown> => (await ask()).map(({ variability }) => rmssd(variability));
    const rr = { rrIntervalsMs: [800, 810] };
    await send(0, 50);
    await send(0, 4, rr);
    clock.advanceMs(2 * MINUTE_MS);
    expect(await variation()).toEqual([undefined]);
    await send(0, 1, rr);
    expect(await variation()).toEqual([10]);
    await send(0, 4, { rrIntervalsMs: [100] });
    await send(0, 20);
    expect(await variation()).toEqual([10]);
    await send(0, 1, { rrIntervalsMs: [100] });
    expect(await variation()).not.toEqual([10]);
  });

  it('go on where much had to be shown for the first time, and lose nothing', async () => {
    const { clock, store, start, one } = await some();
    const minutes = MINUTES_AT_ONCE + 100;
    for (let minute = 0; minute < minutes; minute += 800) {
      const count = Math.min(800, minutes - minute) * LEAST_SHOWN;
      await store.insert(
        Array.from({ length: count }, (_nothing, index) => {
          const recordedMs = start + minute * MINUTE_MS + Math.floor((index * MINUTE_MS) / LEAST_SHOWN);
          return {
            resourceId: 'alice',
            sensorId: 'strap',
            recordedMs,
            sensorMs: recordedMs,
            heartRate: 72,
            receivedMs: 0,
          };
        }),
      );
    }
    clock.advanceMs((minutes + 2) * MINUTE_MS);
    const met: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await one.page('alice', { minutes: 60, zone: UTC, view: 'settled', cursor });
      met.push(...page.buckets.map(({ count }) => count));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(met).toEqual([...Array.from({ length: 26 }, () => 300), 200]);
  });

  it('tell nobody a sample, whatever is asked, when, by how many processes, and in whatever order samples come in', async () => {
    const { database, clock, store, one, other } = await some();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 12 }), fc.boolean(), async (steps, withIntervals) => {
        const run = new Run(`resource-${(runs += 1)}`, clock);
        const shownBefore = new Map<number, Shown>();
        for (const { minutes, afterMs, ranges } of steps) {
          clock.advanceMs(afterMs);
          const everything = { minutes: 1, zone: UTC };
          await Promise.all([
            store.insert(run.newSamples(minutes, withIntervals)),
            ...[everything, ...ranges].map((range) => run.look(one, range)),
            run.look(other, everything),
          ]);
          await run.look(other, everything);
          const rows = database.kysely.selectFrom('heart_rate_minute').selectAll();
          for (const row of await rows.where('resource_id', '=', run.resourceId).execute()) {
            expect(added(shownBefore.get(row.minute_ms), row).filter((more) => more > 0 && more < LEAST_SHOWN)).toEqual(
              [],
            );
            shownBefore.set(row.minute_ms, row);
          }
        }
        expect(run.smallestTogether()).toBeGreaterThanOrEqual(LEAST_SHOWN);
      }),
      { numRuns: 60 },
    );
  });
});

const OFFSET = fc.integer({ min: -MINUTE_MS, max: 5 * MINUTE_MS });

/** What happens at once: samples of some minutes come in, and somebody asks for some ranges. */
const STEP = fc.record({
  minutes: fc.array(fc.nat(2), { maxLength: 7 }),
  afterMs: fc.constantFrom(0, 0, 1_000, 30_000, MINUTE_MS),
  ranges: fc.array(
    fc.record({
      minutes: fc.constantFrom(1, 2, 3, 60),
      zone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin').map((name) => new ZoneOffsets(name)),
      fromMs: OFFSET,
      toMs: OFFSET,
    }),
    { maxLength: 3 },
  ),
});

type Shown = Readonly<{ shown_count: number; shown_variability_samples: number }>;

function added(before: Shown = { shown_count: 0, shown_variability_samples: 0 }, now: Shown): number[] {
  return [now.shown_count - before.shown_count, now.shown_variability_samples - before.shown_variability_samples];
}

/** The samples of one resource, and somebody who tries to tell them from each other by the answers that they get. */
class Run {
  private readonly startMs: number;
  /** When the minutes of the samples begin. */
  private readonly minutesMs: number[] = [];
  /** For each sample, the answers that it was in. */
  private readonly seenIn: string[] = [];
  private answers = 0;

  constructor(
    readonly resourceId: string,
    private readonly clock: FixedClock,
  ) {
    this.startMs = Math.ceil(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    clock.advanceMs(this.startMs - clock.nowMs());
  }

  /** Each heart rate is a power of two: a sum tells which samples it is of. The database has room for 31 of these. */
  newSamples(minutes: readonly number[], withIntervals: boolean): Sample[] {
    return minutes.slice(0, 31 - this.minutesMs.length).map((minute) => {
      const index = this.minutesMs.push(this.startMs + minute * MINUTE_MS) - 1;
      const recordedMs = (this.minutesMs[index] ?? NaN) + index;
      return {
        ...{ resourceId: this.resourceId, sensorId: this.resourceId, recordedMs, sensorMs: recordedMs, receivedMs: 0 },
        heartRate: 2 ** index,
        ...(withIntervals && index % 2 === 0 && { rrIntervalsMs: [800 + index] }),
      };
    });
  }

  /** Asks, and notes which samples an answer is of. */
  async look(
    of: Summaries,
    { fromMs = 0, toMs = 60 * MINUTE_MS, ...range }: Omit<SummaryRange, 'view'>,
  ): Promise<void> {
    const times = { fromMs: this.startMs + fromMs, toMs: this.startMs + toMs };
    for (const { count, sum } of (await of.page(this.resourceId, { view: 'settled', ...range, ...times })).buckets) {
      this.answers += 1;
      const those = this.minutesMs.flatMap((minuteMs, index) =>
        Math.floor(sum / 2 ** index) % 2 === 1 ? [{ minuteMs, index }] : [],
      );
      expect(those).toHaveLength(count);
      expect(those.filter(({ minuteMs }) => this.clock.nowMs() < minuteMs + MINUTE_MS + SETTLING_MS)).toEqual([]);
      for (const { index } of those) this.seenIn[index] = `${this.seenIn[index] ?? ''} ${this.answers}`;
    }
  }

  /**
   * How many samples at least were always in the same answers: whatever is added to whatever, or taken from it, these stay
   * together.
   */
  smallestTogether(): number {
    const together = new Map<string, number>();
    for (const answers of this.seenIn.filter(Boolean)) together.set(answers, (together.get(answers) ?? 0) + 1);
    return Math.min(...together.values());
  }
}
