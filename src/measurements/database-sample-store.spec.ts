import { describeOnEachDatabase } from '../../test/support/databases.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import type { Sample } from './reading.js';

const sample = (recordedMs: number, heartRate = 72, sensorId = 'strap'): Sample => ({
  resourceId: `alice "quoted", {braced} and \\ back`,
  sensorId,
  recordedMs,
  sensorMs: recordedMs,
  heartRate,
  receivedMs: 1_772_366_400_000,
});

describeOnEachDatabase('the sample store', (open) => {
  const aStore = async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const stored = () =>
      database.kysely.selectFrom('heart_rate_sample').selectAll().orderBy('recorded_ms').orderBy('sensor_id').execute();
    const minutes = () =>
      database.kysely
        .selectFrom('heart_rate_minute')
        .select(['resource_id', 'minute_ms', 'count', 'sum', 'min', 'max', 'rr_samples', 'variability_samples'])
        .orderBy('resource_id')
        .orderBy('minute_ms')
        .execute();
    return { store: new DatabaseSampleStore(database), stored, minutes };
  };

  it('keeps every member of a sample as it was', async () => {
    const { store, stored } = await aStore();
    await store.insert([sample(1_772_366_399_123)]);
    expect(await stored()).toEqual([
      {
        resource_id: `alice "quoted", {braced} and \\ back`,
        recorded_ms: 1_772_366_399_123,
        sensor_id: 'strap',
        sensor_ms: 1_772_366_399_123,
        heart_rate: 72,
        rr_intervals: null,
        contact: null,
        energy_kj: null,
        received_ms: 1_772_366_400_000,
        position: 1,
      },
    ]);
  });

  it('keeps the first of two values for one instant, within a batch and across batches', async () => {
    const { store, stored } = await aStore();
    expect((await store.insert([sample(1, 70), sample(2, 80), sample(1, 90)])).isNew).toEqual([true, true, false]);
    expect((await store.insert([sample(2, 81), sample(3, 91), sample(3, 92)])).isNew).toEqual([false, true, false]);
    expect((await stored()).map((row) => [row.recorded_ms, row.heart_rate])).toEqual([
      [1, 70],
      [2, 80],
      [3, 91],
    ]);
  });

  it('keeps what a sensor told beside, of each sample its own', async () => {
    const { store, stored } = await aStore();
    const details = { rrIntervalsMs: [833.0078125, 0.9765625, 63_999.0234375], contact: true, energyKj: 65_535 };
    await store.insert([sample(1), { ...sample(2), ...details }, { ...sample(3), contact: false, energyKj: 0 }]);
    expect((await stored()).map(({ rr_intervals, contact, energy_kj }) => [rr_intervals, contact, energy_kj])).toEqual([
      [null, null, null],
      ['[833.0078125,0.9765625,63999.0234375]', 1, 65_535],
      [null, 0, 0],
    ]);
  });

  it('takes a sample for the same as another of its sensor by the time of that sensor’s clock alone', async () => {
    const { store, stored } = await aStore();
    const at = (sensorMs: number, recordedMs: number): Sample => ({ ...sample(recordedMs), sensorMs });
    expect((await store.insert([at(1, 100), at(1, 200), at(2, 100)])).isNew).toEqual([true, false, true]);
    expect((await store.insert([at(1, 300), at(3, 100)])).isNew).toEqual([false, true]);
    expect((await stored()).map((row) => [row.sensor_ms, row.recorded_ms])).toEqual([
      [1, 100],
      [2, 100],
      [3, 100],
    ]);
  });

  it('takes two sensors at one instant for two samples', async () => {
    const { store } = await aStore();
    expect((await store.insert([sample(1, 70, 'strap'), sample(1, 71, 'watch')])).isNew).toEqual([true, true]);
  });

  it('stores nothing of an empty batch', async () => {
    const { store, stored } = await aStore();
    expect((await store.insert([])).isNew).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('stores a full commit at once', async () => {
    const { store, stored } = await aStore();
    const many = Array.from({ length: 5_000 }, (_nothing, index) => sample(index));
    expect((await store.insert(many)).isNew).toEqual(many.map(() => true));
    expect(await stored()).toHaveLength(5_000);
  });

  it('adds samples up by the minute, and none twice', async () => {
    const { store, minutes } = await aStore();
    const [minute, next] = [1_772_366_400_000, 1_772_366_460_000];
    const rr = { rrIntervalsMs: [800] };
    await store.insert([sample(minute, 70), sample(minute + 59_999, 90), { ...sample(next, 60), ...rr }]);
    await store.insert([sample(minute, 300), sample(minute + 1, 50), sample(minute + 1, 40), sample(next + 1, 61)]);
    await store.insert([sample(minute, 300), { ...sample(next + 2, 59), ...rr }]);
    const alice = `alice "quoted", {braced} and \\ back`;
    expect(await minutes()).toEqual([
      { ...of(alice, minute), count: 3, sum: 210, min: 50, max: 90, rr_samples: 0, variability_samples: 0 },
      { ...of(alice, next), count: 3, sum: 180, min: 59, max: 61, rr_samples: 2, variability_samples: 0 },
    ]);
  });

  it('adds nothing up that was measured without contact', async () => {
    const { store, minutes } = await aStore();
    const lost: Sample = { ...sample(1), contact: false, rrIntervalsMs: [800] };
    expect((await store.insert([lost, { ...sample(60_000), contact: true }])).isNew).toEqual([true, true]);
    expect(await minutes()).toMatchObject([{ minute_ms: 60_000, count: 1 }]);
  });

  it('adds up each resource’s samples by themselves', async () => {
    const { store, minutes } = await aStore();
    const bob: Sample = { ...sample(1, 60, 'ring'), resourceId: 'bob' };
    await store.insert([sample(1, 70), bob, sample(2, 80, 'watch')]);
    expect(await minutes()).toMatchObject([
      { count: 2, sum: 150 },
      { ...of('bob', 0), count: 1, sum: 60 },
    ]);
  });

  it('adds up right what several send at once, over and over', async () => {
    const { store, stored, minutes } = await aStore();
    const batch = (sensorId: string): Sample[] =>
      Array.from({ length: 300 }, (_nothing, index) => sample(index * 1_000, 60 + (index % 7), sensorId));
    const sensors = ['strap', 'watch', 'ring', 'strap', 'ring'];
    await Promise.all(sensors.map((sensorId, index) => store.insert(rotated(batch(sensorId), index * 70))));
    const sums = (await stored()).reduce(
      (all, row) =>
        all.set(Math.floor(row.recorded_ms / 60_000), {
          count: (all.get(Math.floor(row.recorded_ms / 60_000))?.count ?? 0) + 1,
          sum: (all.get(Math.floor(row.recorded_ms / 60_000))?.sum ?? 0) + row.heart_rate,
        }),
      new Map<number, { count: number; sum: number }>(),
    );
    expect(await minutes()).toMatchObject([...sums.values()]);
    expect(sums.get(0)?.count).toBe(180);
  });
});

const of = (resource_id: string, minute_ms: number) => ({ resource_id, minute_ms });

function rotated<Value>(values: readonly Value[], places: number): Value[] {
  return [...values.slice(places), ...values.slice(0, places)];
}
