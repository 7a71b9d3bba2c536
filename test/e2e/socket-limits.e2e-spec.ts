import { FakeSensor } from '../support/fake-sensor.js';
import { LiveClient } from '../support/live-client.js';
import { ResourceServerApplication } from '../support/resource-server-application.js';

const LIMIT = 3;

describe('an address whose sockets are refused too often', () => {
  let server: ResourceServerApplication;
  let url: string;
  let id: string;
  let credential: string;

  beforeEach(async () => {
    server = await ResourceServerApplication.start('sqlite', { refusalsPerMinute: LIMIT, trustProxy: ['loopback'] });
    url = await server.app.getUrl();
    const owner = await server.signIn('alice', 'Alice');
    const [resource] = (await server.ask('/api/resources', { headers: owner })).json() as { id: string }[];
    id = resource?.id ?? '';
    const sensor = await server.ask('/api/sensors', { method: 'POST', headers: owner, json: { name: 'Strap' } });
    ({ credential } = sensor.json() as { credential: string });
    server.authorizationServer.tokens.set('rpt', {
      active: true,
      exp: server.clock.nowSeconds() + 900,
      permissions: [
        {
          resource_id: [...server.authorizationServer.registrations.keys()][0],
          resource_scopes: ['heart-rate:stream'],
        },
      ],
    });
  });
  afterEach(() => server.stop());

  const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });
  const watch = (token: string, address: string) => LiveClient.connect(url, { resource: id, token }, from(address));
  const send = (token: string, address: string) => FakeSensor.connect(url, token, from(address));
  const asked = () => server.authorizationServer.callsTo('introspection').length;

  it('is not looked at any more at /live for a while, and nobody is asked about it', async () => {
    for (let time = 0; time < LIMIT; time += 1) {
      await expect(watch(`made-up-${time}`, '192.0.2.1')).rejects.toMatchObject({ status: 401 });
    }
    const before = asked();
    await expect(watch('rpt', '192.0.2.1')).rejects.toMatchObject({ status: 429, error: 'slow_down' });
    expect(asked()).toBe(before);
    // Others are.
    (await watch('rpt', '192.0.2.2')).leave();
  });

  it('is not looked at on an open socket either', async () => {
    const client = await watch('rpt', '192.0.2.1');
    for (let time = 0; time < LIMIT; time += 1) {
      expect(await client.order('subscribe', { token: `made-up-${time}` })).toMatchObject({ status: 401 });
    }
    const before = asked();
    expect(await client.order('subscribe', { token: 'made-up' })).toMatchObject({ status: 429, error: 'slow_down' });
    expect(asked()).toBe(before);
    client.leave();
  });

  it('is not looked at where sensors connect, while those of other addresses are', async () => {
    for (let time = 0; time < LIMIT; time += 1) {
      await expect(send(`made-up-${time}`, '192.0.2.1')).rejects.toThrow('unauthorized');
    }
    await expect(send(credential, '192.0.2.1')).rejects.toThrow('slow_down');
    (await send(credential, '192.0.2.2')).leave();
  });

  it('is looked at all the time when it is refused nothing', async () => {
    for (let time = 0; time < 3 * LIMIT; time += 1) (await watch('rpt', '192.0.2.1')).leave();
  });
});
