import { sql } from 'kysely';

import { Database } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { HeartWorld } from '../support/heart-world.js';

/** More samples than the last pages of a file have room for, and no more than are kept for a viewer. */
const MANY = Array.from({ length: 140 }, (_none, index) => 60 + (index % 40));

describeOnEachDatabase('a database whose disk is full', (open) => {
  let world: HeartWorld;
  let database: Database<MeasurementTables>;

  beforeEach(async () => {
    world = await HeartWorld.start(open.dialect);
    database = world.server.app.get(Database, { strict: false });
  });
  afterEach(() => world.stop());

  /** SQLite's file may not grow any more; PostgreSQL says what it says when its disk is full. */
  async function fill(): Promise<void> {
    if (open.dialect === 'sqlite') {
      await sql`pragma max_page_count = 1`.execute(database.kysely); // as many as there are, by the least of them
      return;
    }
    await sql`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`.execute(
      database.kysely,
    );
    await sql`create trigger full_disk before insert on heart_rate_sample for each statement execute function refuse()`.execute(
      database.kysely,
    );
  }

  async function makeRoom(): Promise<void> {
    if (open.dialect === 'sqlite') await sql`pragma max_page_count = 1000000`.execute(database.kysely);
    else await sql`drop trigger full_disk on heart_rate_sample`.execute(database.kysely);
  }

  const countStored = async (): Promise<number> =>
    (await database.kysely.selectFrom('heart_rate_sample').select('position').execute()).length;

  it('keeps what was acknowledged, refuses the rest as a whole, and takes it when there is room', async () => {
    world.give('rpt');
    await world.beat(60, 61);
    const sensor = await world.sensor();
    const client = await world.watch('rpt');
    await client.told('snapshot');
    await fill();
    const [batch, another] = [world.measurements(MANY), world.measurements(MANY)];
    const overHttp = await world.post(batch);
    expect([overHttp.status, overHttp.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    expect(await sensor.send(another)).toMatchObject({ error: 'temporarily_unavailable' });

    expect(await countStored()).toBe(2);
    const headers = { authorization: 'Bearer rpt' };
    const read = await world.server.ask(`/resources/${world.id}/heart-rate`, { headers });
    expect((read.json() as { samples: unknown[] }).samples).toHaveLength(2);
    expect(client.heartRates).toEqual([]);

    await makeRoom();
    const stored = { stored: MANY.length, duplicate: 0, refused: 0 };
    expect((await world.post(batch)).json()).toEqual(stored);
    expect(await sensor.send(another)).toEqual(stored);
    expect(await countStored()).toBe(2 + 2 * MANY.length);
    expect(await client.counts(2 * MANY.length)).toHaveLength(2 * MANY.length);
    expect(client.end).toBeUndefined();
  });
});
