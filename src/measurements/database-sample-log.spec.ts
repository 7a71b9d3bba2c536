import { describeOnEachDatabase } from '../../test/support/databases.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { DatabaseSampleLog } from './database-sample-log.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { Hub } from './hub.js';
import type { Sample } from './reading.js';

const sample = (recordedMs: number, resourceId = 'alice', sensorId = `strap of ${resourceId}`): Sample => ({
  resourceId,
  sensorId,
  recordedMs,
  sensorMs: recordedMs,
  heartRate: 72,
  receivedMs: 0,
});

describeOnEachDatabase('the log of samples', (open) => {
  const aLog = async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const store = new DatabaseSampleStore(database);
    const log = new DatabaseSampleLog(database, new Hub());
    const after = async (position: number, limit = 100, resourceId = 'alice') =>
      (await log.after(resourceId, position, limit)).map((one) => [one.position, one.recordedMs]);
    return { store, log, after };
  };

  it('gives each sample a place in the order of its resource, whatever its time is', async () => {
    const { store, log, after } = await aLog();
    const first = await store.insert([sample(30), sample(7, 'bob'), sample(10)]);
    const second = await store.insert([sample(20)]);
    expect(await after(0)).toEqual([
      [1, 30],
      [2, 10],
      [3, 20],
    ]);
    expect(await after(0, 100, 'bob')).toEqual([[1, 7]]);
    expect([await log.positionOf('alice'), await log.positionOf('nobody')]).toEqual([3, 0]);
    expect(Object.fromEntries(await log.positionsOf(['alice', 'bob', 'nobody']))).toEqual({ alice: 3, bob: 1 });
    expect(first.entries).toMatchObject([
      { resourceId: 'alice', after: 0, upTo: 2, samples: [{ position: 1 }, { position: 2 }] },
      { resourceId: 'bob', after: 0, upTo: 1, samples: [{ position: 1 }] },
    ]);
    expect(second.entries).toMatchObject([{ resourceId: 'alice', after: 2, upTo: 3, samples: [{ position: 3 }] }]);
  });

  it('goes on after any place, a page at a time', async () => {
    const { store, after } = await aLog();
    await store.insert([1, 2, 3, 4, 5].map((recordedMs) => sample(recordedMs)));
    expect(await after(2, 2)).toEqual([
      [3, 3],
      [4, 4],
    ]);
    expect(await after(5)).toEqual([]);
  });

  it('leaves the places of duplicates empty, and says nothing of a resource that has nothing new', async () => {
    const { store, log, after } = await aLog();
    await store.insert([sample(1), sample(2)]);
    const again = await store.insert([sample(2), sample(3), sample(1)]);
    expect(again.isNew).toEqual([false, true, false]);
    expect(again.entries).toMatchObject([{ after: 2, upTo: 5, samples: [{ position: 4, recordedMs: 3 }] }]);
    const nothing = await store.insert([sample(1), sample(9, 'bob')]);
    expect(nothing.entries.map(({ resourceId }) => resourceId)).toEqual(['bob']);
    expect(await after(2)).toEqual([[4, 3]]);
    expect(await log.positionOf('alice')).toBe(6);
  });

  it('knows the newest sample by time of those up to a place', async () => {
    const { store, log } = await aLog();
    await store.insert([sample(30), sample(10), sample(50)]);
    expect(await log.newestUpTo('alice', 2)).toMatchObject({ recordedMs: 30, position: 1 });
    expect(await log.newestUpTo('alice', 3)).toMatchObject({ recordedMs: 50 });
    expect(await log.newestUpTo('alice', 0)).toBeUndefined();
  });

  it('never shows a place before those that come before it, however many store at once', async () => {
    const { store, log } = await aLog();
    const sensors = ['strap', 'ring', 'watch', 'patch'];
    const seen: number[] = [];
    let isOver = false;
    const follow = async (): Promise<void> => {
      for (let at = 0; !isOver || at < (await log.positionOf('alice'));) {
        for (const { position } of await log.after('alice', at, 50)) seen.push((at = position));
        // Whoever stores has to have a turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const following = follow();
    await Promise.all(
      sensors.map(async (sensorId, which) => {
        for (let index = 0; index < 15; index++) {
          const sent = [
            sample(index, 'alice', sensorId),
            sample(index, `other ${(index + which) % 3}`, `${sensorId} of others`),
          ];
          await store.insert(which % 2 === 0 ? sent : sent.toReversed());
        }
      }),
    );
    isOver = true;
    await following;
    expect(seen).toEqual(Array.from({ length: 60 }, (_none, index) => index + 1));
  });
});
