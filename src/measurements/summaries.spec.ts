import fc from 'fast-check';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import type { Bucket } from './bucket.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { rmssd, sdnn } from './heart-rate-variability.js';
import { MINUTES_AT_ONCE } from './minute.js';
import { MinuteVariabilities } from './minute-variabilities.js';
import type { Sample } from './reading.js';
import { ShownMinutes } from './shown-minutes.js';
import { MAX_BUCKETS, Summaries, type SummaryPage, type SummaryRange } from './summaries.js';
import { WallClockBuckets } from './wall-clock-buckets.js';
import { WholeMinutes } from './whole-minutes.js';
import { ZoneOffsets } from './zone-offsets.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse('2026-03-01T10:00:00Z');
const UTC = new ZoneOffsets('UTC');

const sample = (recordedMs: number, heartRate = 72, more: Partial<Sample> = {}): Sample => ({
  resourceId: 'alice',
  sensorId: 'strap',
  recordedMs,
  sensorMs: recordedMs,
  heartRate,
  receivedMs: recordedMs,
  ...more,
});

describeOnEachDatabase('summaries of every sample', (open) => {
  const some = async (...stored: Sample[]) => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const store = new DatabaseSampleStore(database);
    await store.insert(stored);
    const variabilities = new MinuteVariabilities(database);
    const refreshed = jest.spyOn(variabilities, 'refresh');
    const shown = new ShownMinutes(database, variabilities, new FixedClock());
    const summaries = new Summaries(new WholeMinutes(database, variabilities), shown);
    const page = (range: Partial<SummaryRange> = {}, resourceId = 'alice'): Promise<SummaryPage> =>
      summaries.page(resourceId, { minutes: 1, zone: UTC, view: 'whole', ...range });
    return { database, store, page, refreshed, buckets: async (range = {}) => (await page(range)).buckets };
  };
  const figures = ({ startMs, count, sum, min, max }: Bucket): number[] => [startMs - START, count, sum, min, max];

  it('have what was measured in each minute, hour and day, and nothing of others', async () => {
    const bob = sample(START, 200, { resourceId: 'bob', sensorId: 'ring' });
    const { buckets, page } = await some(
      sample(START, 70),
      sample(START + 59_999, 80),
      sample(START + HOUR_MS, 90),
      bob,
    );
    expect((await buckets()).map(figures)).toEqual([
      [0, 2, 150, 70, 80],
      [HOUR_MS, 1, 90, 90, 90],
    ]);
    expect((await buckets({ minutes: 60 })).map(figures)).toEqual([
      [0, 2, 150, 70, 80],
      [HOUR_MS, 1, 90, 90, 90],
    ]);
    expect((await buckets({ minutes: 1_440 })).map(figures)).toEqual([[-10 * HOUR_MS, 3, 240, 70, 90]]);
    expect(await page({}, 'nobody')).toEqual({ buckets: [] });
  });

  it('have the minutes of a range as wholes', async () => {
    const { buckets } = await some(...[0, 1, 2, 3].map((minute) => sample(START + minute * MINUTE_MS + 30_000)));
    const starts = async (fromMs?: number, toMs?: number): Promise<number[]> =>
      (await buckets({ fromMs, toMs })).map(({ startMs }) => (startMs - START) / MINUTE_MS);
    expect(await starts(START + MINUTE_MS, START + 3 * MINUTE_MS)).toEqual([1, 2]);
    expect(await starts(START + 2 * MINUTE_MS - 1, START + 2 * MINUTE_MS + 1)).toEqual([1, 2]);
    expect(await starts(START + 2 * MINUTE_MS)).toEqual([2, 3]);
    expect(await starts(START + 9 * MINUTE_MS, START)).toEqual([]);
    expect(await starts(START + 31_000, START + 30_000)).toEqual([]);
    expect(await starts(START + 30_000, START + 30_000)).toEqual([]);
  });

  it('are paged so that each bucket is met once, and whole', async () => {
    const { page } = await some(
      ...Array.from({ length: 60 }, (_nothing, minute) => sample(START + minute * MINUTE_MS)),
    );
    const met: Bucket[] = [];
    let cursor: string | undefined;
    do {
      const { buckets, next } = await page({ minutes: 15, limit: 3, cursor });
      met.push(...buckets);
      cursor = next;
    } while (cursor !== undefined);
    expect(met.map(({ startMs, count }) => [(startMs - START) / MINUTE_MS, count])).toEqual([
      [0, 15],
      [15, 15],
      [30, 15],
      [45, 15],
    ]);
    expect(await page({ minutes: 15, limit: 4 })).not.toHaveProperty('next');
  });

  it('have no more buckets than a day has minutes, and read no more than they need', async () => {
    const minutes = Array.from({ length: MINUTES_AT_ONCE + 20 }, (_nothing, minute) =>
      sample(START + minute * MINUTE_MS),
    );
    const { buckets, page } = await some(...minutes);
    expect(await buckets({ limit: 5_000 })).toHaveLength(MAX_BUCKETS);
    expect(await buckets()).toHaveLength(500);
    const days = await page({ minutes: 1_440 });
    expect(days.buckets.map(({ count }) => count)).toEqual([840, 680]);
    expect(days).not.toHaveProperty('next');
  });

  it.each(['', 'x', 'WzEuNV0', 'WzEsMl0', 'bnVsbA'])('are not to be had by the cursor "%s"', async (cursor) => {
    const { page } = await some(sample(START));
    await expect(page({ cursor })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('tell how the heart rate varies, by the intervals of each sensor in their order', async () => {
    const rr = (second: number, rrIntervalsMs: number[], sensorId = 'strap'): Sample =>
      sample(START + second * 1_000, 72, { rrIntervalsMs, sensorId });
    const lost = sample(START + 1_500, 72, { rrIntervalsMs: [9], contact: false });
    const sent = [rr(2, [790]), rr(1, [800, 810]), rr(1, [500], 'watch'), rr(61, [900]), sample(START), lost];
    const { buckets } = await some(...sent);
    const [first, second] = await buckets();
    expect(first && rmssd(first.variability)).toBeCloseTo(Math.sqrt((10 ** 2 + 20 ** 2) / 2), 9);
    expect(first && sdnn(first.variability)).toBeCloseTo(Math.sqrt((75 ** 2 + 85 ** 2 + 65 ** 2 + 225 ** 2) / 3), 9);
    expect(second && [rmssd(second.variability), sdnn(second.variability)]).toEqual([undefined, undefined]);
    const [hour] = await buckets({ minutes: 60 });
    expect(hour?.variability).toMatchObject({ samples: 4, count: 5, sum: 3_800, steps: 2 });
  });

  it('find out again how the heart rate varies when more has come, and not otherwise', async () => {
    const rr = (second: number, interval: number): Sample =>
      sample(START + second * 1_000, 72, { rrIntervalsMs: [interval] });
    const { store, buckets, refreshed } = await some(rr(1, 800), rr(3, 820));
    const variation = async (): Promise<unknown> => (await buckets()).map(({ variability }) => rmssd(variability));
    expect([await variation(), await variation()]).toEqual([[20], [20]]);
    expect(refreshed).toHaveBeenCalledTimes(1);
    await store.insert([rr(2, 700), rr(1, 999)]);
    expect([await variation(), await variation()]).toEqual([[Math.sqrt(12_200)], [Math.sqrt(12_200)]]);
    await store.insert([sample(START + 5_000), sample(START + 6_000, 72, { rrIntervalsMs: [1], contact: false })]);
    await variation();
    expect(refreshed).toHaveBeenCalledTimes(2);
  });

  it('come to the same when several ask at once for what is out of date', async () => {
    const rr = Array.from({ length: 300 }, (_nothing, second) =>
      sample(START + second * 1_000, 72, { rrIntervalsMs: [800 + (second % 3)] }),
    );
    const { buckets } = await some(...rr);
    const answers = await Promise.all(Array.from({ length: 8 }, () => buckets()));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.map(({ variability }) => variability.samples)).toEqual([60, 60, 60, 60, 60]);
  });

  it('end early where much was out of date, and lose nothing', async () => {
    const minutes = Array.from({ length: 2 * MINUTES_AT_ONCE }, (_nothing, minute) =>
      sample(START + minute * MINUTE_MS, 72, { rrIntervalsMs: [800, 810] }),
    );
    const { page } = await some(...minutes);
    const first = await page({ minutes: 720 });
    expect(first.buckets.map(({ count, variability }) => [count, variability.steps])).toEqual([
      [120, 120],
      [720, 720],
      [720, 720],
    ]);
    const second = await page({ minutes: 720, cursor: first.next });
    expect(second.buckets.map(({ count }) => count)).toEqual([720, 720]);
    expect(second).not.toHaveProperty('next');
  });

  it('are what the samples come to, whatever the zone, the bucket and the day', async () => {
    const { store, page } = await some();
    let run = 0;
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
    const day = fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01');
    const beat = fc.record({ secondOfThreeDays: fc.nat(3 * 86_400), rate: fc.integer({ min: 20, max: 300 }) });
    const size = fc.constantFrom(1, 15, 30, 60, 120, 1_440);
    await fc.assert(
      fc.asyncProperty(zone, day, fc.array(beat, { maxLength: 60 }), size, async (name, date, beats, minutes) => {
        run += 1;
        const [resourceId, midnight] = [`resource-${run}`, Date.parse(date) - 24 * HOUR_MS];
        const samples = beats.map(({ secondOfThreeDays, rate }, index) =>
          sample(midnight + secondOfThreeDays * 1_000, rate, { resourceId, sensorId: `sensor-${run}-${index}` }),
        );
        await store.insert(samples);
        const offsets = new ZoneOffsets(name);
        const parts = new WallClockBuckets(offsets, minutes);
        const expected = new Map<number, number[]>();
        for (const { recordedMs, heartRate } of samples) {
          const startMs = parts.startOf(recordedMs);
          expected.set(startMs, [...(expected.get(startMs) ?? []), heartRate]);
        }
        const { buckets } = await page({ minutes, zone: offsets }, resourceId);
        expect(buckets.map(figures)).toEqual(
          [...expected]
            .sort(([one], [other]) => one - other)
            .map(([startMs, rates]) => {
              const sum = rates.reduce((total, rate) => total + rate, 0);
              return [startMs - START, rates.length, sum, Math.min(...rates), Math.max(...rates)];
            }),
        );
      }),
      { numRuns: 40 },
    );
  });
});
