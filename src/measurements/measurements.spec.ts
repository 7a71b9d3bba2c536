import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { FakeNews } from '../common/news.fake.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { Hub } from './hub.js';
import { LatestSamples } from './latest-samples.js';
import { MAX_PAGE_SIZE, Measurements } from './measurements.js';
import { writeCursor } from './page-cursor.js';
import type { Sample } from './reading.js';
import type { LoggedSample } from './sample-log.js';

const sample = (recordedMs: number, sensorId = 'strap', resourceId = 'alice'): Sample => ({
  resourceId,
  sensorId,
  recordedMs,
  sensorMs: recordedMs,
  heartRate: 72,
  receivedMs: 0,
});

/** Tells of samples, whose places matter to nobody here. */
const publish = (hub: Hub, ...samples: Sample[]): void => {
  for (const one of samples)
    hub.publish({ resourceId: one.resourceId, after: 0, upTo: 1, samples: [one as LoggedSample] });
};

describeOnEachDatabase('the measurements', (open) => {
  const someMeasurements = async (...stored: Sample[]) => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const store = new DatabaseSampleStore(database);
    await store.insert(stored);
    const hub = new Hub();
    const clock = new FixedClock();
    const news = new FakeNews();
    const restart = () => new Measurements(database, new LatestSamples(database, hub, clock, news));
    return { store, hub, clock, news, restart, measurements: restart() };
  };
  const times = (samples: readonly Sample[]): number[] => samples.map(({ recordedMs }) => recordedMs);

  it('are given oldest first, from a time inclusive to a time exclusive', async () => {
    const { measurements } = await someMeasurements(sample(3), sample(1), sample(2), sample(2, 'ring', 'bob'));
    expect(times((await measurements.range('alice', {})).samples)).toEqual([1, 2, 3]);
    expect(times((await measurements.range('alice', { fromMs: 2 })).samples)).toEqual([2, 3]);
    expect(times((await measurements.range('alice', { toMs: 2 })).samples)).toEqual([1]);
    expect(await measurements.range('alice', { fromMs: 2, toMs: 3 })).toEqual({ samples: [sample(2)] });
    expect(await measurements.range('nobody', {})).toEqual({ samples: [] });
  });

  it('are paged so that each is met once, those that share an instant too', async () => {
    const stored = [1, 1, 1, 2, 2, 3].map((recordedMs, index) => sample(recordedMs, `sensor-${index}`));
    const { measurements } = await someMeasurements(...stored);
    const met: Sample[] = [];
    let cursor: string | undefined;
    do {
      const page = await measurements.range('alice', { cursor, limit: 2, toMs: 3 });
      met.push(...page.samples);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(met).toEqual(stored.slice(0, 5));
  });

  it('are paged so that each is met once, those that clocks put right have moved to one instant too', async () => {
    const stored = [1, 2, 3, 4].map((sensorMs) => ({ ...sample(5), sensorMs }));
    const { measurements } = await someMeasurements(...stored.toReversed());
    const first = await measurements.range('alice', { limit: 3 });
    expect(first.samples).toEqual(stored.slice(0, 3));
    expect(await measurements.range('alice', { limit: 3, cursor: first.next })).toEqual({ samples: stored.slice(3) });
    expect(await measurements.newest('alice', 2)).toEqual(stored.slice(2));
    expect(await measurements.latest('alice')).toEqual(stored[3]);
  });

  it('come back with all that their sensor told', async () => {
    const whole = { ...sample(1), sensorMs: 9, rrIntervalsMs: [833.0078125, 1000], contact: false, energyKj: 0 };
    const { measurements } = await someMeasurements(whole, sample(2));
    expect((await measurements.range('alice', {})).samples).toEqual([whole, sample(2)]);
    expect((await measurements.range('alice', {})).samples[1]).not.toHaveProperty('contact');
  });

  it('have no next page when the last one is just full', async () => {
    const { measurements } = await someMeasurements(sample(1), sample(2));
    expect(await measurements.range('alice', { limit: 2 })).not.toHaveProperty('next');
  });

  it('are never given more than a thousand at once', async () => {
    const stored = Array.from({ length: MAX_PAGE_SIZE + 1 }, (_nothing, index) => sample(index));
    const { measurements } = await someMeasurements(...stored);
    const page = await measurements.range('alice', { limit: 5_000 });
    expect(page).toEqual({ samples: stored.slice(0, MAX_PAGE_SIZE), next: expect.any(String) as string });
    expect((await measurements.range('alice', {})).samples).toHaveLength(500);
  });

  it('can be cut to the newest, which still come oldest first', async () => {
    const { measurements } = await someMeasurements(sample(3), sample(1), sample(2), sample(9, 'ring', 'bob'));
    expect(times(await measurements.newest('alice', 2))).toEqual([2, 3]);
    expect(times(await measurements.newest('alice', 9))).toEqual([1, 2, 3]);
  });

  it('count as newest only when their time has come', async () => {
    const ahead = sample(new FixedClock().nowMs() + 60_000);
    const { measurements, clock } = await someMeasurements(sample(1), ahead);
    expect(times(await measurements.newest('alice', 9))).toEqual([1]);
    clock.advanceMs(60_000);
    expect(times(await measurements.newest('alice', 9))).toEqual([1, ahead.recordedMs]);
  });

  it('cannot be read by a cursor that nobody gave out', async () => {
    const { measurements } = await someMeasurements(sample(1));
    const written = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const madeUp = [
      written(1),
      written(1, 'strap'),
      written(1, 'a\u0000b', 1),
      written(1, '', 1),
      written(1, 'strap', 1, 1),
      written(1.5, 'strap', 1),
      written(1, 'strap', 1.5),
    ];
    for (const cursor of ['', 'x', 'bnVsbA', ...madeUp, `${writeCursor(sample(1))}x`]) {
      await expect(measurements.range('alice', { cursor })).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('have a latest one, also after a restart', async () => {
    const { measurements } = await someMeasurements(sample(1), sample(9), sample(5), sample(10, 'ring', 'bob'));
    expect(await measurements.latest('alice')).toEqual(sample(9));
    expect(await measurements.latest('nobody')).toBeUndefined();
  });

  it('have a latest one that follows what is published, whatever comes late', async () => {
    const { hub, measurements } = await someMeasurements(sample(5));
    publish(hub, sample(4));
    expect(await measurements.latest('alice')).toEqual(sample(5));
    publish(hub, sample(7), sample(6));
    expect(await measurements.latest('alice')).toEqual(sample(7));
  });

  it('have a latest one that misses nothing published while it is read', async () => {
    const { hub, measurements } = await someMeasurements(sample(5), sample(8, 'ring', 'bob'));
    const reading = [measurements.latest('alice'), measurements.latest('alice'), measurements.latest('bob')];
    publish(hub, sample(6), sample(7, 'ring', 'bob'));
    expect(await Promise.all(reading)).toEqual([sample(6), sample(6), sample(8, 'ring', 'bob')]);
    expect(await measurements.latest('alice')).toEqual(sample(6));
  });

  it('have a latest one as soon as the first is published', async () => {
    const { store, hub, measurements } = await someMeasurements();
    expect(await measurements.latest('alice')).toBeUndefined();
    const reading = measurements.latest('alice');
    publish(hub, sample(1));
    expect(await reading).toEqual(sample(1));
    await store.insert([sample(2)]);
    publish(hub, sample(2));
    expect(await measurements.latest('alice')).toEqual(sample(2));
  });

  it('have a latest one that another instance may have stored', async () => {
    const { measurements, hub, store } = await someMeasurements(sample(1));
    expect(await measurements.latest('alice')).toEqual(sample(1));
    await store.insert([sample(2)]);
    const reading = measurements.latest('alice');
    hub.publish({ resourceId: 'alice', after: 2, upTo: 2, samples: [] });
    await reading;
    expect(await measurements.latest('alice')).toEqual(sample(2));
  });

  it('have a latest one that is not known while what others stored may be missed', async () => {
    const { measurements, news, store } = await someMeasurements(sample(1));
    expect(await measurements.latest('alice')).toEqual(sample(1));
    news.lose();
    for (const recordedMs of [2, 3]) {
      await store.insert([sample(recordedMs)]);
      expect(await measurements.latest('alice')).toEqual(sample(recordedMs));
    }
    news.isComplete = true;
    expect(await measurements.latest('alice')).toEqual(sample(3));
  });

  it('have a latest one that lies ahead of the clock only once its time has come, also after a restart', async () => {
    const { store, hub, clock, restart, measurements } = await someMeasurements();
    const send = async (sent: Sample): Promise<void> => {
      await store.insert([sent]);
      publish(hub, sent);
    };
    const expectLatest = async (expected: Sample | undefined): Promise<void> => {
      expect(await measurements.latest('alice')).toEqual(expected);
      expect(await restart().latest('alice')).toEqual(expected);
    };
    const now = clock.nowMs();
    const ahead = sample(now + 60_000);
    await send(ahead);
    await expectLatest(undefined);
    await send(sample(now));
    await expectLatest(sample(now));
    await send(sample(now + 1_000));
    clock.advanceMs(1_000);
    await expectLatest(sample(now + 1_000));
    clock.advanceMs(59_000);
    await expectLatest(ahead);
    await send(sample(now + 60_001));
    await expectLatest(sample(now + 60_001));
  });

  it('have a latest one that may lie two seconds ahead, as clocks differ', async () => {
    const { store, clock, measurements } = await someMeasurements();
    const [inStep, ahead] = [sample(clock.nowMs() + 2_000), sample(clock.nowMs() + 2_001)];
    await store.insert([inStep, ahead]);
    expect(await measurements.latest('alice')).toEqual(inStep);
    clock.advanceMs(1);
    expect(await measurements.latest('alice')).toEqual(ahead);
  });
});
