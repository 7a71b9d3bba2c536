import { demoAddresses, type DemoWorld, newDemoWorld } from './demo-world.js';
import { FakeFrontDoor, type SeenCall } from './front-door/front-door.fake.js';
import { seed } from './seeding.js';

const HEART = { id: 'heart', url: 'http://rs/resources/heart/heart-rate' };

describe('seeding the demo world', () => {
  let resourceServer: FakeFrontDoor;
  let authorizationServer: FakeFrontDoor;
  let world: DemoWorld;
  let sensors: { id: string; name: string }[];
  let made: number;
  let shares: unknown[];
  let resources: object[];
  let settings: unknown;

  const resourceServerApi = ({ method, path, body }: SeenCall) => {
    if (path === '/api/resources') return resources;
    if (method === 'GET') return sensors;
    if (method === 'DELETE') {
      sensors = sensors.filter(({ id }) => path !== `/api/sensors/${id}`);
      return 204;
    }
    const { name } = body as { name: string };
    const id = `${name.replace(' ', '-')}-${++made}`;
    sensors.push({ id, name });
    return { id, name, credential: `credential of ${id}` };
  };
  const authorizationServerApi = ({ method, path, body }: SeenCall) => {
    if (path === '/api/resources') return [{ id: 'uma-heart' }];
    if (path === '/api/settings') {
      settings = body;
      return 204;
    }
    if (method === 'GET') return shares;
    shares.push(body);
    return { id: 'share' };
  };

  beforeEach(async () => {
    [resourceServer, authorizationServer] = await Promise.all([FakeFrontDoor.open(), FakeFrontDoor.open()]);
    [resourceServer.api, authorizationServer.api] = [resourceServerApi, authorizationServerApi];
    [sensors, made, shares, resources] = [[], 0, [], [HEART]];
    const addresses = { resourceServer: resourceServer.url, issuer: authorizationServer.url };
    world = newDemoWorld({ ...demoAddresses(), ...addresses });
  });
  afterEach(() => Promise.all([resourceServer.close(), authorizationServer.close()]));

  it('connects two sensors, shares with Bob and tells where the heart rate is', async () => {
    expect(await seed(world)).toEqual({
      resource: HEART.url,
      chestStrap: 'credential of Chest-strap-1',
      recordingPlayer: 'credential of Recording-player-2',
    });
    expect(shares).toEqual([
      { resourceId: 'uma-heart', scopes: ['heart-rate:read', 'heart-rate:stream'], grantee: { username: 'bob' } },
    ]);
  });

  it('lets people ask Alice for what she does not share with them', async () => {
    await seed(world);
    expect(settings).toEqual({ acceptsRequests: true });
  });

  it('that was interrupted is completed: one sensor of each kind, one share', async () => {
    await seed(world);
    const seeded = await seed(world);
    expect(sensors.map(({ name }) => name)).toEqual(['Chest strap', 'Recording player']);
    expect(seeded.chestStrap).toBe(`credential of ${sensors[0]?.id ?? ''}`);
    expect(shares).toHaveLength(1);
  });

  it('leaves sensors and shares of Alice’s own alone', async () => {
    sensors.push({ id: 'watch', name: 'Watch' });
    shares.push({ grantee: { username: 'carol' } });
    await seed(world);
    expect(sensors.map(({ name }) => name)).toEqual(['Watch', 'Chest strap', 'Recording player']);
    expect(shares).toHaveLength(1);
  });

  it('says where it ended when Alice cannot sign in', async () => {
    authorizationServer.people.clear();
    await expect(seed(world)).rejects.toThrow(`alice could not sign in at ${authorizationServer.url}`);
  });

  it('says what is missing when the resource server has registered nothing', async () => {
    resources = [];
    await expect(seed(world)).rejects.toThrow('a server told no url');
  });

  it('fails when a server answers with something else than a list', async () => {
    authorizationServer.api = () => ({});
    await expect(seed(world)).rejects.toThrow('a server told no id');
  });
});
