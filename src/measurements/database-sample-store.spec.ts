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
    return { store: new DatabaseSampleStore(database), stored };
  };

  it('keeps every member of a sample as it was', async () => {
    const { store, stored } = await aStore();
    await store.insert([sample(1_772_366_399_123)]);
    expect(await stored()).toEqual([
      {
        resource_id: `alice "quoted", {braced} and \\ back`,
        recorded_ms: 1_772_366_399_123,
        sensor_id: 'strap',
        heart_rate: 72,
        received_ms: 1_772_366_400_000,
      },
    ]);
  });

  it('keeps the first of two values for one instant, within a batch and across batches', async () => {
    const { store, stored } = await aStore();
    expect(await store.insert([sample(1, 70), sample(2, 80), sample(1, 90)])).toEqual([true, true, false]);
    expect(await store.insert([sample(2, 81), sample(3, 91), sample(3, 92)])).toEqual([false, true, false]);
    expect((await stored()).map((row) => [row.recorded_ms, row.heart_rate])).toEqual([
      [1, 70],
      [2, 80],
      [3, 91],
    ]);
  });

  it('takes two sensors at one instant for two samples', async () => {
    const { store } = await aStore();
    expect(await store.insert([sample(1, 70, 'strap'), sample(1, 71, 'watch')])).toEqual([true, true]);
  });

  it('stores nothing of an empty batch', async () => {
    const { store, stored } = await aStore();
    expect(await store.insert([])).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('stores a full commit at once', async () => {
    const { store, stored } = await aStore();
    const many = Array.from({ length: 5_000 }, (_nothing, index) => sample(index));
    expect(await store.insert(many)).toEqual(many.map(() => true));
    expect(await stored()).toHaveLength(5_000);
  });
});
