import { sql } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { migrateToLatest } from '../migrate.js';
import { type MeasurementTables, measurementMigrations } from './measurements.js';

const [first = ''] = Object.keys(measurementMigrations);
const MINUTE = 1_772_366_400_000;
const OLD_ROWS = [
  ['alice', MINUTE, 'strap', 70],
  ['alice', MINUTE + 59_999, 'strap', 90],
  ['alice', MINUTE + 59_999, 'watch', 50],
  ['alice', MINUTE + 60_000, 'strap', 80],
  ['bob', MINUTE, 'ring', 60],
] as const;

describeOnEachDatabase('the tables of before', (open) => {
  const migrated = async () => {
    const database = await open<MeasurementTables>({ [first]: measurementMigrations[first] as never });
    for (const [resource, recorded, sensor, rate] of OLD_ROWS) {
      await sql`insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, heart_rate, received_ms)
        values (${resource}, ${recorded}, ${sensor}, ${rate}, 7)`.execute(database.kysely);
    }
    await migrateToLatest(database, measurementMigrations);
    return database.kysely;
  };

  it('keep every sample, at the time that its sensor told', async () => {
    const kysely = await migrated();
    const rows = await kysely
      .selectFrom('heart_rate_sample')
      .selectAll()
      .orderBy('resource_id')
      .orderBy('recorded_ms')
      .orderBy('sensor_id')
      .execute();
    expect(rows).toEqual(
      OLD_ROWS.map(([resource_id, recorded_ms, sensor_id, heart_rate]) => ({
        ...{ resource_id, recorded_ms, sensor_id, heart_rate },
        sensor_ms: recorded_ms,
        ...{ rr_intervals: null, contact: null, energy_kj: null, received_ms: 7 },
        position: expect.any(Number) as number,
      })),
    );
  });

  it('give each sample a place in the order of its resource, and go on after the last', async () => {
    const kysely = await migrated();
    const places = await kysely
      .selectFrom('heart_rate_sample')
      .select(['resource_id', 'position', 'recorded_ms', 'sensor_id'])
      .orderBy('resource_id')
      .orderBy('position')
      .execute();
    expect(places.map((row) => [row.resource_id, row.position, row.recorded_ms, row.sensor_id])).toEqual(
      OLD_ROWS.map(([resource, recorded, sensor], index) => [
        resource,
        resource === 'bob' ? 1 : index + 1,
        recorded,
        sensor,
      ]),
    );
    expect(await kysely.selectFrom('heart_rate_position').selectAll().orderBy('resource_id').execute()).toEqual([
      { resource_id: 'alice', position: 4 },
      { resource_id: 'bob', position: 1 },
    ]);
  });

  it('are added up by the minute', async () => {
    const kysely = await migrated();
    const minutes = await kysely
      .selectFrom('heart_rate_minute')
      .selectAll()
      .orderBy('resource_id')
      .orderBy('minute_ms')
      .execute();
    const none = {
      ...{ rr_samples: 0, variability_samples: 0, variability: null },
      ...{ shown_count: 0, shown_sum: 0, shown_min: 0, shown_max: 0 },
      ...{ shown_variability_samples: 0, shown_variability: null },
    };
    expect(minutes).toEqual(
      [
        { resource_id: 'alice', minute_ms: MINUTE, count: 3, sum: 210, min: 50, max: 90 },
        { resource_id: 'alice', minute_ms: MINUTE + 60_000, count: 1, sum: 80, min: 80, max: 80 },
        { resource_id: 'bob', minute_ms: MINUTE, count: 1, sum: 60, min: 60, max: 60 },
      ].map((minute) => ({ ...minute, ...none })),
    );
  });

  it('take what their sensors send again for what they have', async () => {
    const kysely = await migrated();
    const again =
      sql`insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, received_ms)
      values ('alice', 1, 'strap', ${MINUTE}, 70, 8)`.execute(kysely);
    await expect(again).rejects.toThrow(/unique/i);
  });
});
