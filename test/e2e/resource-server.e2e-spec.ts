import { Sensors } from '../../src/measurements/sensors.js';
import type { ResourceServerOptions } from '../../src/apps/resource-server.module.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { type Ask, ResourceServerApplication, type Told } from '../support/resource-server-application.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml' };
const START = Date.parse('2026-03-01T10:00:00Z');
const at = (second: number): string => new Date(START + second * 1000).toISOString();
const measurement = (second: number, heartRate = 60 + second): object => ({ heartRate, timestamp: at(second) });

interface Resource {
  id: string;
  umaResourceId: string;
  url: string;
}

describeOnEachDatabase('the resource server', (open) => {
  let server: ResourceServerApplication;
  let alice: { cookie: string; 'x-csrf-token': string };

  const start = async (options: Partial<ResourceServerOptions> = {}): Promise<void> => {
    server = await ResourceServerApplication.start(open.dialect, options);
    alice = await server.signIn('alice', 'Alice Rivers');
  };
  const asAlice = (path: string, ask: Ask = {}): Promise<Told> =>
    server.ask(path, { ...ask, headers: { ...alice, ...ask.headers } });
  const resourceOfAlice = async (): Promise<Resource> => {
    const [resource] = (await asAlice('/api/resources')).json() as Resource[];
    if (resource === undefined) throw new Error('Alice has no resource.');
    return resource;
  };
  const sensorOfAlice = async (name = 'Chest strap'): Promise<{ id: string; credential: string }> =>
    (await asAlice('/api/sensors', { method: 'POST', json: { name } })).json() as { id: string; credential: string };
  const post = async (json: unknown): Promise<Told> => {
    const { credential } = await sensorOfAlice();
    const headers = { authorization: `Bearer ${credential}` };
    return server.ask('/measurements', { method: 'POST', headers, json });
  };
  /** Makes a token that opens Alice's heart rate with these scopes. */
  const grant = async (...scopes: string[]): Promise<Record<string, string>> => {
    const { umaResourceId } = await resourceOfAlice();
    server.authorizationServer.tokens.set('RPT1', {
      active: true,
      permissions: [{ resource_id: umaResourceId, resource_scopes: scopes }],
    });
    return { authorization: 'Bearer RPT1' };
  };
  const read = async (path: string): Promise<Told> => {
    const { id } = await resourceOfAlice();
    return server.ask(`/resources/${id}/heart-rate${path}`, { headers: await grant('heart-rate:read') });
  };

  afterEach(async () => {
    await server.stop();
  });

  it.each([
    { type: 'application/secevent+jwt', length: 65_537, status: 413, error: 'payload_too_large' },
    { type: 'application/jwt', length: 10, status: 400, error: 'invalid_request' },
  ])('reads no security event of $length bytes and of type $type', async ({ type, length, status, error }) => {
    await start();
    const headers = { 'content-type': type };
    const answer = await server.app.inject({
      method: 'POST',
      url: '/security-events',
      headers,
      body: 'x'.repeat(length),
    });
    expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([status, error]);
  });

  describe('to a reader', () => {
    it('gives a permission ticket for reading every sample, and no data', async () => {
      await start();
      const { id, umaResourceId } = await resourceOfAlice();
      const told = await server.ask(`/resources/${id}/heart-rate`);
      expect(told.status).toBe(401);
      expect(told.headers['www-authenticate']).toBe(
        `UMA realm="heart", as_uri="${server.authorizationServer.issuer}", ticket="${server.authorizationServer.lastTicket}", ` +
          'resource_metadata="http://rs.test/.well-known/oauth-protected-resource"',
      );
      expect(told.json()).not.toHaveProperty('ticket');
      expect(server.authorizationServer.callsTo('permission').map(({ body }) => body)).toEqual([
        { resource_id: umaResourceId, resource_scopes: ['heart-rate:read'] },
      ]);
    });

    it.each(['', '/latest'])('refuses a token that opens something else (%s)', async (path) => {
      await start();
      const { id } = await resourceOfAlice();
      const headers = await grant('heart-rate:stream', 'heart-rate:summary');
      expect((await server.ask(`/resources/${id}/heart-rate${path}`, { headers })).status).toBe(401);
    });

    it('gives the samples of a range in pages, and nothing about the sensor', async () => {
      await start();
      await post([0, 1, 2, 3].map((second) => measurement(second)));
      const first = await read(`?from=${at(1)}&to=${at(4)}&limit=2`);
      expect(first.status).toBe(200);
      expect(first.headers['cache-control']).toBe('private, no-store');
      expect(first.json()).toEqual({
        samples: [
          { heartRate: 61, recordedAt: at(1) },
          { heartRate: 62, recordedAt: at(2) },
        ],
        next: expect.any(String) as string,
      });
      const { next } = first.json() as { next: string };
      const second = await read(`?from=${at(1)}&to=${at(4)}&limit=2&cursor=${next}`);
      expect(second.json()).toEqual({ samples: [{ heartRate: 63, recordedAt: at(3) }] });
    });

    it('understands times with an offset, its plus sign encoded or not', async () => {
      await start();
      await post([0, 1].map((second) => measurement(second)));
      for (const from of ['2026-03-01T11:00:01%2B01:00', '2026-03-01T11:00:01+01:00']) {
        expect((await read(`?from=${from}`)).json()).toEqual({ samples: [{ heartRate: 61, recordedAt: at(1) }] });
      }
    });

    it('gives the latest sample, and 204 while there is none', async () => {
      await start();
      const none = await read('/latest');
      expect([none.status, none.text]).toEqual([204, '']);
      await post([measurement(1), measurement(0)]);
      expect((await read('/latest')).json()).toEqual({ heartRate: 61, recordedAt: at(1) });
    });

    it('gives the latest sample in the same way past the framework, which knows the slash at the end', async () => {
      await start();
      await post([measurement(1, 61)]);
      const answers = [await read('/latest/'), await read('/latest'), await read('/latest/')];
      const told = answers.map(({ status, headers: { date, ...headers }, text }) => {
        expect(date).toBeDefined();
        return { status, headers, body: text };
      });
      expect(told[1]).toEqual(told[0]);
      expect(told[1]).toEqual(told[2]);
      expect(told[1]?.headers).toMatchObject({ 'cache-control': 'private, no-store' });
      expect(server.authorizationServer.callsTo('introspection')).toHaveLength(1);
      // What it lets through ends like everything else.
      server.authorizationServer.tokens.delete('RPT1');
      server.clock.advanceMs(10_001);
      const { id } = await resourceOfAlice();
      const late = await server.ask(`/resources/${id}/heart-rate/latest`, {
        headers: { authorization: 'Bearer RPT1' },
      });
      expect(late.status).toBe(401);
    });

    it.each([
      'from=yesterday',
      'from=2026-03-01T10:00:00',
      'to=1',
      'from=2026-03-01T10:00:00Z&from=2026-03-01T11:00:00Z',
      'limit=0',
      'limit=1001',
      'limit=many',
      'limit=1.5',
      'cursor=nonsense',
      'cursor=',
      'fron=2026-03-01T10:00:00Z',
    ])('refuses the query %s', async (query) => {
      await start();
      expect((await read(`?${query}`)).status).toBe(400);
    });

    it('knows no other resource than those that exist', async () => {
      await start();
      const headers = await grant('heart-rate:read');
      expect((await server.ask('/resources/nothing/heart-rate', { headers })).status).toBe(404);
    });

    it('asks for the old scope where resources are registered under it (FH-23)', async () => {
      await start({ legacyScope: 'hearthRate' });
      const { id } = await resourceOfAlice();
      expect([...server.authorizationServer.registrations.values()]).toMatchObject([
        { name: 'HearthRateService', resource_scopes: ['hearthRate'] },
      ]);
      expect((await server.ask(`/resources/${id}/heart-rate`)).status).toBe(401);
      expect(server.authorizationServer.callsTo('permission')[0]?.body).toMatchObject({
        resource_scopes: ['hearthRate'],
      });
      const headers = await grant('hearthRate');
      expect((await server.ask(`/resources/${id}/heart-rate`, { headers })).status).toBe(200);
      expect((await server.ask('/hearthRate', { headers })).status).toBe(200);
    });
  });

  describe('to a sensor', () => {
    it.each(['/measurements', '/sensor-status'])('says at %s that JSON has to be sent as such', async (url) => {
      await start();
      const { credential } = await sensorOfAlice();
      const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/x-www-form-urlencoded' };
      const body = JSON.stringify({ ...measurement(0), battery: 80 });
      const answer = await server.app.inject({ method: 'POST', url, headers, body });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({
        error: 'invalid_request',
        error_description: 'A sensor sends JSON, and says so: Content-Type: application/json.',
      });
    });

    it('stores what it posts, and says what became of it', async () => {
      await start();
      const told = await post([measurement(0), measurement(0), measurement(1, 500)]);
      expect(told.status).toBe(200);
      expect(told.json()).toEqual({
        stored: 1,
        duplicate: 1,
        refused: 1,
        refusals: [{ index: 2, reason: 'value_out_of_range' }],
      });
      expect((await post(measurement(9))).json()).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    });

    it.each([
      { body: 'text', status: 400, error: 'invalid_request' },
      { body: 72, status: 400, error: 'invalid_request' },
      { body: null, status: 400, error: 'invalid_request' },
      { body: Array.from({ length: 1_001 }, () => measurement(0)), status: 413, error: 'payload_too_large' },
    ])('refuses a body that is no message with $status', async ({ body, status, error }) => {
      await start();
      const told = await post(body);
      expect(told.status).toBe(status);
      expect(told.json()).toMatchObject({ error });
    });

    it('turns it away without a good credential, saying how to come back (RFC 6750 3)', async () => {
      await start();
      const none = await server.ask('/measurements', { method: 'POST', json: measurement(0) });
      expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="sensors"']);
      const headers = { authorization: 'Bearer wrong' };
      const wrong = await server.ask('/measurements', { method: 'POST', headers, json: measurement(0) });
      expect(wrong.status).toBe(401);
      expect(wrong.headers['www-authenticate']).toBe('Bearer realm="sensors", error="invalid_token"');
      expect(wrong.json()).toMatchObject({ error: 'invalid_token' });
    });

    it('takes no session for a credential', async () => {
      await start();
      expect((await asAlice('/measurements', { method: 'POST', json: measurement(0) })).status).toBe(401);
    });

    it('hears what it tells of itself, and shows that to its owner', async () => {
      await start();
      const { credential } = await sensorOfAlice();
      const headers = { authorization: `Bearer ${credential}` };
      const tell = (json: unknown): Promise<Told> => server.ask('/sensor-status', { method: 'POST', headers, json });
      expect((await asAlice('/')).text).toContain('not yet seen</span>');
      const told = await tell({ battery: 80, firmware: '1.2' });
      expect([told.status, told.json()]).toEqual([200, { battery: 80 }]);
      expect((await asAlice('/')).text).toContain('UTC</time> · battery 80 %</span>');
      expect((await tell({ contact: true })).json()).toEqual({ contact: true });
      expect((await asAlice('/')).text).toContain('UTC</time> · battery 80 % · contact good</span>');
      await tell({ contact: false });
      expect((await asAlice('/')).text).toContain('UTC</time> · battery 80 % · no skin contact</span>');
      expect((await asAlice('/api/sensors')).json()).toMatchObject([
        { lastSeenAt: '2026-03-01T12:00:00.000Z', battery: 80, contact: false },
      ]);
    });

    it.each([{}, { battery: 101 }, { battery: 'full' }, { contact: 'yes' }, [{ battery: 1 }], { firmware: '1.2' }])(
      'is told that %j is no status',
      async (json) => {
        await start();
        const { credential } = await sensorOfAlice();
        const headers = { authorization: `Bearer ${credential}` };
        const told = await server.ask('/sensor-status', { method: 'POST', headers, json });
        expect([told.status, told.json()]).toMatchObject([400, { error: 'invalid_request' }]);
      },
    );

    it('tells nothing without a good credential, or as somebody who is signed in', async () => {
      await start();
      const headers = { authorization: 'Bearer wrong' };
      const json = { battery: 80 };
      expect((await server.ask('/sensor-status', { method: 'POST', json })).status).toBe(401);
      expect((await server.ask('/sensor-status', { method: 'POST', headers, json })).status).toBe(401);
      expect((await asAlice('/sensor-status', { method: 'POST', json })).status).toBe(401);
    });

    it('is a socket server as well, and what comes in there can be read', async () => {
      await start();
      const { credential } = await sensorOfAlice();
      const sensor = await FakeSensor.connect(await server.app.getUrl(), credential);
      expect(await sensor.send(measurement(5))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
      expect((await read('/latest')).json()).toEqual({ heartRate: 65, recordedAt: at(5) });
      sensor.leave();
    });

    it('forgets nothing when it starts anew', async () => {
      await start();
      const { credential } = await sensorOfAlice();
      const headers = { authorization: `Bearer ${credential}` };
      const send = (): Promise<Told> =>
        server.ask('/measurements', { method: 'POST', headers, json: [measurement(0), measurement(1)] });
      expect((await send()).json()).toMatchObject({ stored: 2 });
      await server.restart();
      expect((await send()).json()).toMatchObject({ stored: 0, duplicate: 2 });
      expect((await read('/latest')).json()).toEqual({ heartRate: 61, recordedAt: at(1) });
    });
  });

  describe('to an owner’s program', () => {
    it('shows her resource and what she needs to share it', async () => {
      await start();
      const { issuer } = server.authorizationServer;
      const listed = (await asAlice('/api/resources')).json();
      expect(listed).toEqual([
        {
          id: expect.any(String) as string,
          name: 'Heart rate',
          scopes: ['heart-rate:read', 'heart-rate:summary', 'heart-rate:stream', 'heart-rate:write'],
          url: expect.stringMatching(/^http:\/\/rs\.test\/resources\/[\w-]+\/heart-rate$/) as string,
          createdAt: '2026-03-01T12:00:00.000Z',
          registered: true,
          umaResourceId: 'R 1',
          policyUri: `${issuer}/policy`,
        },
      ]);
      const { id } = await resourceOfAlice();
      expect((await asAlice(`/api/resources/${id}`)).json()).toEqual((listed as unknown[])[0]);
    });

    it('registers it again when she asks, under the same id', async () => {
      await start();
      const before = await resourceOfAlice();
      server.authorizationServer.registrations.clear();
      const told = await asAlice('/api/resources', { method: 'POST' });
      expect(told.status).toBe(201);
      expect(told.json()).toMatchObject({ id: before.id, registered: true });
      expect(server.authorizationServer.registrations.size).toBe(1);
    });

    it('says so when it cannot register it now', async () => {
      await start();
      server.authorizationServer.prepare('registration', { status: 500 });
      const told = await asAlice('/api/resources', { method: 'POST' });
      expect(told.status).toBe(503);
      expect(told.json()).toMatchObject({ error: 'temporarily_unavailable' });
    });

    it('makes a sensor, shows its credential once, lists it and takes its right again', async () => {
      await start();
      const { id: resourceId } = await resourceOfAlice();
      const told = await asAlice('/api/sensors', { method: 'POST', json: { name: '  Chest strap ', resourceId } });
      expect(told.status).toBe(201);
      expect(told.headers['cache-control']).toBe('private, no-store');
      const { credential, ...sensor } = told.json() as { credential: string; id: string };
      expect(sensor).toEqual({
        id: expect.any(String) as string,
        resourceId,
        name: 'Chest strap',
        createdAt: '2026-03-01T12:00:00.000Z',
      });
      expect((await asAlice('/api/sensors')).json()).toEqual([sensor]);
      const headers = { authorization: `Bearer ${credential}` };
      await server.ask('/measurements', { method: 'POST', headers, json: measurement(0) });
      expect((await asAlice('/api/sensors')).json()).toMatchObject([{ lastSeenAt: '2026-03-01T12:00:00.000Z' }]);

      expect((await asAlice(`/api/sensors/${sensor.id}`, { method: 'DELETE' })).status).toBe(204);
      expect((await asAlice('/api/sensors')).json()).toEqual([]);
      expect((await asAlice(`/api/sensors/${sensor.id}`, { method: 'DELETE' })).status).toBe(404);
      expect((await server.ask('/measurements', { method: 'POST', headers, json: measurement(1) })).status).toBe(401);
    });

    it.each([
      {},
      { name: '' },
      { name: '   ' },
      { name: 'x'.repeat(101) },
      { name: 'part\u202etsehc' },
      { name: 'Chest\nstrap' },
      { name: 1 },
      { name: ['Chest strap'] },
      { name: 'Chest strap', resourceId: 1 },
      { name: 'Chest strap', credential: 'mine' },
    ])('refuses to make a sensor of %j', async (json) => {
      await start();
      expect((await asAlice('/api/sensors', { method: 'POST', json })).status).toBe(400);
    });

    it('keeps from her what is not hers', async () => {
      await start();
      const { id } = await resourceOfAlice();
      const { id: sensorId } = await sensorOfAlice();
      const bob = await server.signIn('bob', 'Bob Stone');
      const asBob = (path: string, ask: Ask = {}): Promise<Told> => server.ask(path, { ...ask, headers: bob });
      expect((await asBob('/api/sensors')).json()).toEqual([]);
      expect((await asBob('/api/resources')).text).not.toContain(id);
      expect((await asBob(`/api/resources/${id}`)).status).toBe(404);
      expect((await asBob(`/resourceSets/${id}`)).status).toBe(404);
      expect((await asBob(`/api/sensors/${sensorId}`, { method: 'DELETE' })).status).toBe(404);
      const json = { name: 'Spy', resourceId: id };
      expect((await asBob('/api/sensors', { method: 'POST', json })).status).toBe(404);
      await asBob(`/sensors/${sensorId}/disconnect`, { method: 'POST' });
      expect(await server.app.get(Sensors).list(id)).toHaveLength(1);
    });

    it('lets nobody keep what it tells her', async () => {
      await start();
      const { id } = await resourceOfAlice();
      const kept = ['/resourceSets', `/resourceSets/${id}`, '/permission'];
      for (const path of ['/api/resources', `/api/resources/${id}`, '/api/sensors', ...kept]) {
        const told = await asAlice(path);
        expect([path, told.status, told.headers['cache-control']]).toEqual([path, 200, 'private, no-store']);
      }
      for (const path of ['/api/resources', '/resourceRegistration']) {
        const told = await asAlice(path, { method: 'POST' });
        expect([path, told.status, told.headers['cache-control']]).toEqual([path, 201, 'private, no-store']);
      }
    });

    it.each(['/api/resources', '/api/sensors', '/resourceSets', '/permission', '/resourceRegistration'])(
      'asks her to sign in first at %s, a browser by sending it there',
      async (path) => {
        await start();
        const program = await server.ask(path);
        expect([program.status, program.json()]).toMatchObject([401, { error: 'login_required' }]);
        const browser = await server.ask(path, { headers: BROWSER });
        expect([browser.status, browser.headers['location']]).toEqual([
          303,
          `/login?returnTo=${encodeURIComponent(path)}`,
        ]);
      },
    );

    it.each([
      { method: 'POST' as const, path: '/api/resources' },
      { method: 'POST' as const, path: '/api/sensors' },
      { method: 'DELETE' as const, path: '/api/sensors/any' },
      { method: 'POST' as const, path: '/sensors' },
      { method: 'POST' as const, path: '/sensors/any/disconnect' },
      { method: 'POST' as const, path: '/resourceRegistration' },
    ])('refuses $method $path without the token against forged calls', async ({ method, path }) => {
      await start();
      const told = await server.ask(path, { method, headers: { cookie: alice.cookie } });
      expect([told.status, told.json()]).toMatchObject([403, { error: 'access_denied' }]);
    });
  });

  describe('to old clients', () => {
    it('gives a ticket in the header and in the body at /hearthRate (FH-18)', async () => {
      await start();
      const told = await server.ask('/hearthRate');
      const { issuer, lastTicket } = server.authorizationServer;
      expect(told.status).toBe(401);
      expect(told.json()).toEqual({ ticket: lastTicket, as_uri: issuer });
      expect(told.headers['www-authenticate']).toContain(`ticket="${lastTicket}"`);
    });

    it('gives the measurements as an array at /hearthRate, oldest first (FH-18)', async () => {
      await start();
      await post([measurement(1), measurement(0)]);
      const told = await server.ask('/hearthRate', { headers: await grant('heart-rate:read') });
      expect(told.json()).toEqual([
        { measure: 60, time: at(0) },
        { measure: 61, time: at(1) },
      ]);
    });

    it('serves the owner who is named at /hearthRate (FH-18)', async () => {
      await start({ legacyOwner: 'Alice Rivers' });
      await server.signIn('bob', 'Bob Stone');
      const { umaResourceId } = await resourceOfAlice();
      expect((await server.ask('/hearthRate')).status).toBe(401);
      expect(server.authorizationServer.callsTo('permission')[0]?.body).toMatchObject({ resource_id: umaResourceId });
    });

    it('is not found, and says why, at /hearthRate when there are several owners and none is named (FH-18)', async () => {
      await start();
      await server.signIn('bob');
      const told = await server.ask('/hearthRate');
      expect(told.status).toBe(404);
      expect(told.text).toContain('LEGACY_OWNER');
    });

    it('asks before it registers by GET, and registers once by POST (FH-15)', async () => {
      await start();
      server.authorizationServer.registrations.clear();
      const page = await asAlice('/resourceRegistration', { headers: BROWSER });
      expect(page.text).toContain('<form method="post" action="/resourceRegistration">');
      expect(server.authorizationServer.registrations.size).toBe(0);
      const form = { csrf_token: alice['x-csrf-token'] };
      const ask: Ask = { method: 'POST', form, headers: { cookie: alice.cookie, ...BROWSER } };
      const { id } = await resourceOfAlice();
      for (const told of [
        await server.ask('/resourceRegistration', ask),
        await server.ask('/resourceRegistration', ask),
      ]) {
        expect([told.status, told.headers['location']]).toEqual([303, `/resourceSets/${id}`]);
      }
      expect(server.authorizationServer.registrations.size).toBe(1);
      const program = await asAlice('/resourceRegistration', { method: 'POST' });
      expect(program.json()).toMatchObject({ _id: id, name: 'HearthRateService' });
    });

    it('lists ids at /resourceSets, as JSON and as a page (FH-16)', async () => {
      await start();
      const { id } = await resourceOfAlice();
      expect((await asAlice('/resourceSets')).json()).toEqual([id]);
      const page = await asAlice('/resourceSets', { headers: BROWSER });
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.text).toContain(`<a href="/resourceSets/${id}">${id}</a>`);
    });

    it('lists nothing at /resourceSets while nothing is registered', async () => {
      await start();
      server.authorizationServer.prepare('registration', { status: 500 });
      const carol = await server.signIn('carol');
      expect((await server.ask('/resourceSets', { headers: carol })).json()).toEqual([]);
      const page = await server.ask('/resourceSets', { headers: { ...carol, ...BROWSER } });
      expect(page.text).toContain('Nothing is registered yet.');
      const ticket = await server.ask('/permission', { headers: carol });
      expect([ticket.status, ticket.json()]).toMatchObject([404, { error: 'not_found' }]);
    });

    it('shows one of them at /resourceSets/{id}, as JSON and as a page (FH-17)', async () => {
      await start();
      const { id } = await resourceOfAlice();
      expect((await asAlice(`/resourceSets/${id}`)).json()).toEqual({
        _id: id,
        name: 'HearthRateService',
        type: 'http://hl7.org/fhir/StructureDefinition/heartrate',
        resource_scopes: ['heart-rate:read', 'heart-rate:summary', 'heart-rate:stream', 'heart-rate:write'],
        user_access_policy_uri: `${server.authorizationServer.issuer}/policy`,
      });
      const page = await asAlice(`/resourceSets/${id}`, { headers: BROWSER });
      expect(page.text).toContain('every beat, summaries, your heart live, sending measurements');
      expect(page.text).toContain(`href="${server.authorizationServer.issuer}/policy"`);
    });

    it('shows the owner a ticket at /permission (FH-19)', async () => {
      await start();
      const told = await asAlice('/permission');
      const { issuer, lastTicket } = server.authorizationServer;
      expect(told.json()).toEqual({ ticket: lastTicket, as_uri: issuer });
      expect(told.headers['cache-control']).toBe('private, no-store');
      server.authorizationServer.prepare('permission', { status: 500 });
      expect((await asAlice('/permission')).json()).toMatchObject({ error: 'temporarily_unavailable' });
    });
  });

  describe('to an owner’s browser', () => {
    it('offers to sign in', async () => {
      await start();
      const page = await server.ask('/', { headers: BROWSER });
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.text).toContain('<a class="button primary" href="/login?returnTo=%2F">Sign in</a>');
    });

    it('shows her heart, her sensors and the way to share', async () => {
      await start();
      const empty = await asAlice('/');
      expect(empty.text).toContain('Nothing was measured yet.');
      expect(empty.text).toContain('No sensor may send yet.');
      await post(measurement(12));
      const page = await asAlice('/');
      expect(page.text).toContain('72 bpm');
      expect(page.text).toContain('<time datetime="2026-03-01T10:00:12.000Z">1 Mar 2026, 10:00:12 UTC</time>');
      expect(page.text).toContain('Chest strap');
      expect(page.text).toContain('Alice Rivers');
      expect(page.text).toContain(`href="${server.authorizationServer.issuer}/policy">Share…</a>`);
      expect(page.text).toContain((await resourceOfAlice()).url);
      expect(page.headers['cache-control']).toBe('no-store');
    });

    it('adds a sensor by a form and shows its code once', async () => {
      await start();
      const form = { name: '<b>Strap</b>', csrf_token: alice['x-csrf-token'] };
      const page = await server.ask('/sensors', {
        method: 'POST',
        form,
        headers: { cookie: alice.cookie, ...BROWSER },
      });
      expect(page.text).toContain('&lt;b&gt;Strap&lt;/b&gt; was added');
      const credential = /<code>([\w-]{43})<\/code>/.exec(page.text)?.[1] ?? '';
      expect(await server.app.get(Sensors).authenticate(credential)).toMatchObject({ name: '<b>Strap</b>' });
      expect((await asAlice('/')).text).not.toContain(credential);
    });

    it('makes one sensor of a form, however often it is sent', async () => {
      await start();
      const { id } = await resourceOfAlice();
      const formToken = async (): Promise<string> =>
        /name="form_token" value="([\w-]+)"/.exec((await asAlice('/')).text)?.[1] ?? '';
      const send = (form_token: string, name = 'Strap'): Promise<Told> => {
        const form = { name, form_token, csrf_token: alice['x-csrf-token'] };
        return server.ask('/sensors', { method: 'POST', form, headers: { cookie: alice.cookie, ...BROWSER } });
      };
      const token = await formToken();
      const both = await Promise.all([send(token), send(token)]);
      expect(both.map(({ status }) => status).sort()).toEqual([201, 303]);
      const again = await send(token);
      expect([again.status, again.headers['location']]).toEqual([303, '/']);
      expect(await server.app.get(Sensors).list(id)).toHaveLength(1);
      expect((await send(await formToken())).text).toContain('Strap was added');
      expect((await send(token, 'Watch')).text).toContain('Watch was added');
      expect(await server.app.get(Sensors).list(id)).toHaveLength(3);
    });

    it.each([{ name: '' }, { name: 'x'.repeat(101) }, { name: 'part\u202etsehc' }, { name: 'Strap', more: 'x' }])(
      'refuses the form %j',
      async (fields) => {
        await start();
        const form = { ...fields, csrf_token: alice['x-csrf-token'] };
        const told = await server.ask('/sensors', { method: 'POST', form, headers: { cookie: alice.cookie } });
        expect(told.status).toBe(400);
      },
    );

    it('disconnects a sensor by a form, also one that is gone already', async () => {
      await start();
      const { id } = await sensorOfAlice();
      const form = { csrf_token: alice['x-csrf-token'] };
      const ask: Ask = { method: 'POST', form, headers: { cookie: alice.cookie } };
      for (const told of [
        await server.ask(`/sensors/${id}/disconnect`, ask),
        await server.ask(`/sensors/${id}/disconnect`, ask),
      ]) {
        expect([told.status, told.headers['location']]).toEqual([303, '/']);
      }
      expect((await asAlice('/')).text).toContain('No sensor may send yet.');
    });

    it('offers to try again while sharing is not ready', async () => {
      await start();
      server.authorizationServer.prepare('registration', { status: 500 });
      const carol = await server.signIn('carol');
      const page = await server.ask('/', { headers: carol });
      expect(page.text).toContain('Sharing is not ready');
      expect(page.text).not.toContain('Share…');
    });

    it('asks its owner to sign in again once the authorization server takes the PAT no more', async () => {
      await start();
      expect((await asAlice('/')).text).toContain('Share…');
      const { id } = await resourceOfAlice();
      server.authorizationServer.pats.clear();
      expect((await server.ask(`/resources/${id}/heart-rate`)).status).toBe(403);
      const page = (await asAlice('/')).text;
      expect(page).toContain('Nobody else can see your heart rate now');
      const own = encodeURIComponent(server.authorizationServer.issuer);
      expect(page).toContain(`href="/login?as=${own}&amp;returnTo=%2F"`);
      expect(page).not.toContain('Share…');
    });

    it('gives the look of the page, once for each version', async () => {
      await start();
      const path = /href="(\/assets\/pulsegate\.css\?v=[\w-]+)"/.exec((await server.ask('/')).text)?.[1] ?? '';
      const sheet = await server.ask(path);
      expect(sheet.headers['content-type']).toBe('text/css; charset=utf-8');
      expect(sheet.headers['cache-control']).toContain('immutable');
      const again = await server.ask(path, { headers: { 'if-none-match': String(sheet.headers['etag']) } });
      expect([again.status, again.text]).toEqual([304, '']);
    });
  });

  it('registers again at the start what the authorization server lost, under the same id (RS-8)', async () => {
    await start();
    const before = await resourceOfAlice();
    server.authorizationServer.registrations.clear();
    await server.restart();
    while (server.authorizationServer.registrations.size === 0) await new Promise(setImmediate);
    const after = await resourceOfAlice();
    expect(after.id).toBe(before.id);
  });
});
