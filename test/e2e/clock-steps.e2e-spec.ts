import { Database } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { HeartWorld } from '../support/heart-world.js';
import '../support/uma-matchers.js';
import { type Presented, WAYS_IN } from '../support/ways-in.js';

const HOUR_MS = 3_600_000;

describeOnEachDatabase('a resource server whose clock is set', (open) => {
  let world: HeartWorld;

  beforeEach(async () => {
    world = await HeartWorld.start(open.dialect);
    await world.beat(60);
    world.give('rpt');
  });
  afterEach(() => world.stop());

  const at = (epochMs: number): string => new Date(epochMs).toISOString();
  /** Who gets in by which way; the sockets are new ones each time. */
  const getIn = async (presented: Presented): Promise<readonly boolean[]> => {
    const tries = await Promise.all(WAYS_IN.map((way) => way.prepare(world)));
    return Promise.all(tries.map(async (attempt) => (await attempt(presented)).isOpen));
  };
  const everywhere = WAYS_IN.map(() => true);
  const nowhere = WAYS_IN.map(() => false);

  describe('forward by an hour', () => {
    it('lets no token in after its end, whatever was remembered of it', async () => {
      expect(await getIn({ token: 'rpt' })).toEqual(everywhere);
      world.clock.advanceMs(HOUR_MS);
      expect(await getIn({ token: 'rpt' })).toEqual(nowhere);
    });

    it('ends streams whose token is past, and they go on with another without loss', async () => {
      const client = await world.watch('rpt');
      await client.told('snapshot');
      world.pass(HOUR_MS);
      await client.told('ended');
      expect(client.end).toBe('expired');
      await world.beat(61, 62);
      world.give('next');
      expect(await client.order('subscribe', { token: 'next', after: client.lastId })).toMatchObject({
        resource: world.id,
      });
      expect(await client.counts(2)).toEqual([61, 62]);
    });
  });

  describe('back by an hour', () => {
    it('asks about every token again, and does not let in what was withdrawn meanwhile', async () => {
      expect(await getIn({ token: 'rpt' })).toEqual(everywhere);
      await world.as.withdraw('rpt');
      world.clock.advanceMs(-HOUR_MS);
      expect(await getIn({ token: 'rpt' })).toEqual(nowhere);
    });

    it('does not remember when the hour is over what it had decided before', async () => {
      expect(await getIn({ token: 'rpt' })).toEqual(everywhere);
      world.clock.advanceMs(-HOUR_MS);
      world.give('another');
      expect(await getIn({ token: 'another' })).toEqual(everywhere);
      await world.as.withdraw('rpt');
      world.clock.advanceMs(HOUR_MS);
      expect(await getIn({ token: 'rpt' })).toEqual(nowhere);
    });

    it('tries an authorization server again that was away, as soon as ever', async () => {
      await world.as.stop();
      for (let count = 0; count < 5; count++) {
        const told = await world.server.ask(`/resources/${world.id}/heart-rate`);
        expect(told).toBeAuthorizationServerUnreachable();
      }
      world.clock.advanceMs(-HOUR_MS);
      await world.as.listen();
      world.clock.advanceMs(3_000);
      expect(await getIn({ token: 'rpt' })).toEqual(everywhere);
    });

    it('goes on with its streams, and still ends them when their owner withdraws', async () => {
      const client = await world.watch('rpt');
      const reader = await world.follow({ authorization: 'Bearer rpt' });
      await Promise.all([client.told('snapshot'), reader.told('snapshot')]);
      world.pass(-HOUR_MS);
      await world.beat(61, 62);
      expect([await client.counts(2), await reader.counts(2)]).toEqual([
        [61, 62],
        [61, 62],
      ]);
      expect([client.end, reader.end]).toEqual([undefined, undefined]);
      await world.as.withdraw('rpt');
      world.pass(15_000);
      await Promise.all([client.told('ended'), reader.ended()]);
      expect([client.end, reader.end]).toEqual(['withdrawn', 'withdrawn']);
    });

    it('refuses what a sensor measures an hour ahead of it, says why, and takes it when the clock is right', async () => {
      const sensor = await world.sensor();
      const measurement = { heartRate: 70, timestamp: at(world.clock.nowMs()) };
      world.clock.advanceMs(-HOUR_MS);
      expect(await sensor.send(measurement)).toEqual({
        stored: 0,
        duplicate: 0,
        refused: 1,
        refusals: [{ index: 0, reason: 'time_ahead' }],
      });
      world.clock.advanceMs(HOUR_MS);
      expect(await sensor.send(measurement)).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    });
  });

  it('back and forth: what sensors measure that tell when they send has its right time by it, and both are kept', async () => {
    const sensor = await world.sensor();
    const sensorMs = world.clock.nowMs();
    const expected: object[] = [];
    for (const [second, stepMs] of [0, -HOUR_MS, HOUR_MS].entries()) {
      world.clock.advanceMs(stepMs + 1_000);
      const sentMs = sensorMs + 1_000 * (second + 1);
      const measurement = { heartRate: 70 + second, timestamp: at(sentMs), sentAt: at(sentMs) };
      expect(await sensor.send(measurement)).toEqual({ stored: 1, duplicate: 0, refused: 0 });
      expected.push({ heart_rate: 70 + second, sensor_ms: sentMs, recorded_ms: world.clock.nowMs() });
    }
    const { kysely } = world.server.app.get<Database<MeasurementTables>>(Database, { strict: false });
    const rows = await kysely
      .selectFrom('heart_rate_sample')
      .select(['heart_rate', 'sensor_ms', 'recorded_ms'])
      .where('heart_rate', '>=', 70)
      .orderBy('position')
      .execute();
    expect(rows).toEqual(expected);
  });
});
