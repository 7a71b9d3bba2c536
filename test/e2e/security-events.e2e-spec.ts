import { describeOnEachDatabase } from '../support/databases.js';
import { EventWorld, type ToldInstance } from '../support/event-world.js';
import { eventually } from '../support/eventually.js';

describeOnEachDatabase('a withdrawal, told by security events', (open) => {
  let world: EventWorld;
  let instance: ToldInstance;

  beforeEach(async () => {
    world = await EventWorld.start(open.dialect);
    instance = await world.instance();
    await instance.heard();
  });
  afterEach(() => world.close());

  it('ends a read at the next call, though the decision had minutes to go', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    await world.pass(60, instance);
    // Whoever takes a token back without telling is not noticed: nobody asks again.
    await world.database.kysely.deleteFrom('uma_rpt').where('id', '=', id).execute();
    expect(await instance.read(token)).toBe(200);
    await world.end(id);
    await eventually(() => instance.endings.length > 0);
    expect(await instance.read(token)).toBe(401);
    expect(instance.endings).toEqual([{ issuer: world.issuer, tokenId: id, kind: 'ended' }]);
    await eventually(async () => (await world.pending()) === 0);
  });

  it('tells every instance of the resource server, each at its own address on the one stream', async () => {
    const other = await world.instance();
    await other.heard();
    const { token, id } = await world.rpt();
    expect([await instance.read(token), await other.read(token)]).toEqual([200, 200]);
    await world.pass(20, instance, other);
    await world.end(id);
    await eventually(() => instance.endings.length + other.endings.length === 2);
    expect([await instance.read(token), await other.read(token)]).toEqual([401, 401]);
    expect(await world.database.kysely.selectFrom('event_stream').selectAll().execute()).toHaveLength(1);
  });

  it('is noticed within ten seconds while the authorization server is silent, and told again when it is back', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    await world.pass(20, instance);
    await world.uma.server.restart(async () => {
      expect(await instance.read(token)).toBe(200);
      world.clock.advanceMs(15_001);
      expect(instance.isAlive()).toBe(false);
      expect(await instance.read(token)).toBe(403);
    });
    await instance.heard();
    await eventually(async () => (await instance.read(token)) === 200);
    await world.end(id);
    await eventually(() => instance.endings.length > 0);
    expect(await instance.read(token)).toBe(401);
  });

  it('reaches an instance that was away, after restarts of both sides', async () => {
    const { id } = await world.rpt();
    await instance.stop();
    await world.end(id);
    await eventually(async () => {
      const rows = await world.database.kysely.selectFrom('event_receiver').select('failures').execute();
      return rows.every(({ failures }) => failures > 0);
    });
    await world.uma.server.restart();
    expect(await world.pending()).toBe(1);
    await instance.start();
    await instance.heard();
    await eventually(() => instance.endings.length > 0);
    expect(instance.endings).toEqual([{ issuer: world.issuer, tokenId: id, kind: 'ended' }]);
    await eventually(async () => (await world.pending()) === 0);
  });

  it('is registered for anew when an instance starts again, and when the authorization server forgot it', async () => {
    await instance.stop();
    await instance.start();
    await instance.heard();
    const receivers = () => world.database.kysely.selectFrom('event_receiver').select('endpoint_url').execute();
    expect(await receivers()).toEqual([{ endpoint_url: instance.endpointUrl }]);
    await world.database.kysely.deleteFrom('event_stream').execute();
    world.clock.advanceMs(15_001);
    await instance.heard();
    expect(await receivers()).toEqual([{ endpoint_url: instance.endpointUrl }]);
  });

  it('is not told to a resource server that has no stream', async () => {
    const { id } = await world.rpt();
    await instance.stop();
    await world.database.kysely.deleteFrom('event_stream').execute();
    await world.end(id);
    expect(await world.pending()).toBe(0);
  });

  it('is not told when its transaction does not commit', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    const undone = new Error('undone');
    const record = world.database.kysely.transaction().execute(async (within) => {
      await world.record(within, [id]);
      throw undone;
    });
    await expect(record).rejects.toBe(undone);
    expect(await world.pending()).toBe(0);
    await world.pass(10, instance);
    expect(instance.endings).toEqual([]);
    expect(await instance.read(token)).toBe(200);
  });
});
