import { EventDispatch } from '../../src/authorization-server/events/event-dispatch.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { EventWorld, HEART_SERVICE } from '../support/event-world.js';
import { eventually } from '../support/eventually.js';
import { FakeEventReceiver } from '../support/fake-event-receiver.js';
import { type Answer, expectUncachedJson } from '../support/uma-world.js';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const PUSH = 'urn:ietf:rfc:8935';

describeOnEachDatabase('the management of event streams (SSF 1.0 section 8)', (open) => {
  let world: EventWorld;
  let receiver: FakeEventReceiver;
  let token: string;

  beforeAll(async () => {
    world = await EventWorld.start(open.dialect);
    receiver = await FakeEventReceiver.start();
    token = await world.manager();
  });
  afterAll(async () => {
    await receiver.stop();
    await world.close();
  });
  beforeEach(() => {
    world.uma.catchUp();
    receiver.pushes.splice(0);
  });
  afterEach(async () => {
    await world.uma.server.app.get(EventDispatch, { strict: false }).settled();
    await world.database.kysely.deleteFrom('event_stream').execute();
  });

  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, json?: unknown, by = token) =>
    world.uma.call(method, `/ssf${path}`, { token: by, ...(json !== undefined && { json }) });
  const delivery = (endpoint_url = receiver.url, more: object = {}) => ({ method: PUSH, endpoint_url, ...more });
  const create = (more: object = {}) => call('POST', '/streams', { delivery: delivery(), ...more });
  const idOf = ({ body }: Answer): string => String(body['stream_id']);
  const list = async (path: string): Promise<Record<string, unknown>[]> =>
    (await call('GET', path)).body as unknown as Record<string, unknown>[];

  it('is found by the metadata of the transmitter (SSF 1.0 section 7)', async () => {
    const answer = await world.uma.call('GET', '/.well-known/ssf-configuration');
    const { issuer } = world;
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/jwks`,
      delivery_methods_supported: [PUSH],
      configuration_endpoint: `${issuer}/ssf/streams`,
      status_endpoint: `${issuer}/ssf/status`,
      verification_endpoint: `${issuer}/ssf/verification`,
      receivers_endpoint: `${issuer}/ssf/receivers`,
      critical_subject_members: ['session'],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
  });

  it('creates a stream, one for each client (SSF 1.0 section 8.1.1.1)', async () => {
    const answer = await create({
      delivery: delivery(receiver.url, { authorization_header: 'Bearer shown' }),
      events_requested: [`${CAEP}session-revoked`, 'urn:unknown'],
      description: 'Heart rates',
    });
    expect(answer.status).toBe(201);
    expectUncachedJson(answer);
    expect(answer.body).toEqual({
      stream_id: expect.stringMatching(/^[\w-]{22}$/) as string,
      iss: world.issuer,
      aud: HEART_SERVICE,
      delivery: delivery(),
      events_supported: [`${CAEP}session-revoked`, `${CAEP}token-claims-change`],
      events_requested: [`${CAEP}session-revoked`, 'urn:unknown'],
      events_delivered: [`${CAEP}session-revoked`],
      min_verification_interval: 10,
      description: 'Heart rates',
    });
    expect(await create()).toMatchObject({ status: 409, body: { error: 'conflict' } });
  });

  it('begins one stream when two instances ask at the same time', async () => {
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('gives a stream by its id, or a list of them (SSF 1.0 section 8.1.1.2)', async () => {
    expect(await list('/streams')).toEqual([]);
    const created = await create();
    expect((await call('GET', `/streams?stream_id=${idOf(created)}`)).body).toEqual(created.body);
    expect(await list('/streams')).toEqual([created.body]);
    expect(await call('GET', '/streams?stream_id=other')).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  it('changes what a body names, and replaces everything by another (SSF 1.0 sections 8.1.1.3 and 8.1.1.4)', async () => {
    const created = await create({ events_requested: [`${CAEP}session-revoked`], description: 'old' });
    const stream_id = idOf(created);
    const patched = await call('PATCH', '/streams', { stream_id, description: 'new', iss: world.issuer });
    expect(patched).toMatchObject({
      status: 200,
      body: { description: 'new', events_delivered: [`${CAEP}session-revoked`] },
    });
    const replaced = await call('PUT', '/streams', {
      ...patched.body,
      delivery: delivery(`${receiver.url}/2`),
      events_requested: undefined,
    });
    expect(replaced).toMatchObject({ status: 200, body: { stream_id, delivery: delivery(`${receiver.url}/2`) } });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.test' }],
    ['another audience', { aud: 'https://evil.test' }],
    ['other events', { events_delivered: [] }],
    ['an address in the clear', { delivery: { method: PUSH, endpoint_url: 'http://rs.test/events' } }],
  ])('refuses a change to %s, and changes nothing', async (_what, change) => {
    const created = await create();
    const answer = await call('PATCH', '/streams', { stream_id: idOf(created), description: 'changed', ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await list('/streams')).toEqual([created.body]);
  });

  it('deletes a stream (SSF 1.0 section 8.1.1.5)', async () => {
    const stream_id = idOf(await create());
    expect((await call('DELETE', '/streams')).status).toBe(400);
    expect((await call('DELETE', `/streams?stream_id=${stream_id}`)).status).toBe(204);
    expect((await call('DELETE', `/streams?stream_id=${stream_id}`)).status).toBe(404);
  });

  it('tells and sets the status (SSF 1.0 section 8.1.2)', async () => {
    const stream_id = idOf(await create());
    expect((await call('GET', `/status?stream_id=${stream_id}`)).body).toEqual({ stream_id, status: 'enabled' });
    const paused = { stream_id, status: 'paused', reason: 'maintenance' };
    expect(await call('POST', '/status', paused)).toMatchObject({ status: 200, body: paused });
    expect((await call('GET', `/status?stream_id=${stream_id}`)).body).toEqual(paused);
    expect((await call('POST', '/status', { stream_id, status: 'gone' })).status).toBe(400);
    expect((await call('GET', '/status')).status).toBe(400);
    expect((await call('GET', '/status?stream_id=other')).status).toBe(404);
    expect((await call('POST', '/status', { stream_id: 'other', status: 'paused' })).status).toBe(404);
  });

  it('verifies a stream at its receivers, with the state, and not too often (SSF 1.0 section 8.1.4)', async () => {
    const stream_id = idOf(await create());
    expect((await call('POST', '/verification', { stream_id, state: 'abc' })).status).toBe(204);
    const states = () =>
      receiver.pushes.map(({ claims }) => Object.values(claims['events'] as object)[0] as { state?: string });
    await eventually(() => states().some(({ state }) => state === 'abc'));
    expect(await call('POST', '/verification', { stream_id })).toMatchObject({
      status: 429,
      body: { error: 'slow_down' },
    });
    expect((await call('POST', '/verification', { stream_id: 'other' })).status).toBe(404);
    expect((await call('POST', '/verification', {})).status).toBe(400);
  });

  it('adds further receivers, tells of them, and removes them', async () => {
    expect((await call('POST', '/receivers', { delivery: delivery() })).status).toBe(404);
    const created = await create();
    world.clock.advanceMs(1);
    const second = delivery(`${receiver.url}/2`);
    const added = await call('POST', '/receivers', { delivery: second });
    expect(added).toMatchObject({
      status: 201,
      body: { stream_id: idOf(created), delivery: second, aud: HEART_SERVICE },
    });
    expect(await call('POST', '/receivers', { delivery: second })).toMatchObject({ status: 200, body: added.body });
    const [first, other] = await list('/receivers');
    expect([first?.['delivery'], other]).toEqual([delivery(), added.body]);
    const taken = { stream_id: idOf(created), delivery: second };
    expect((await call('PATCH', '/streams', taken)).status).toBe(409);
    expect((await call('DELETE', `/receivers/${String(first?.['receiver_id'])}`)).status).toBe(204);
    expect(await list('/streams')).toMatchObject([{ delivery: second }]);
    expect((await call('DELETE', `/receivers/${String(other?.['receiver_id'])}`)).status).toBe(204);
    expect(await list('/streams')).toEqual([]);
    expect(await list('/receivers')).toEqual([]);
    expect((await call('DELETE', '/receivers/other')).status).toBe(404);
  });

  it('has 100 receivers at most', async () => {
    await create();
    for (let number = 2; number <= 100; number++) {
      expect((await call('POST', '/receivers', { delivery: delivery(`${receiver.url}/${number}`) })).status).toBe(201);
    }
    const oneMore = await call('POST', '/receivers', { delivery: delivery(`${receiver.url}/101`) });
    expect(oneMore).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect((await call('POST', '/receivers', { delivery: delivery(`${receiver.url}/100`) })).status).toBe(200);
    expect(await list('/receivers')).toHaveLength(100);
  });

  it('does not let one receiver that never answers hold up another', async () => {
    const silent = await FakeEventReceiver.start();
    silent.answer = 'nothing';
    const stream_id = idOf(await create({ delivery: delivery(silent.url) }));
    await call('POST', '/receivers', { delivery: delivery() });
    await eventually(() => silent.pushes.length > 0);
    receiver.pushes.splice(0);
    expect((await call('POST', '/verification', { stream_id, state: 'abc' })).status).toBe(204);
    await eventually(() => receiver.pushes.length > 0);
    await silent.stop();
  });

  it('is closed to whoever has no token for it, people included (RFC 6750 section 3)', async () => {
    const person = await world.uma.accessToken(world.client, 'alice', 'openid ssf.manage');
    const other = await world.uma.accessToken(world.client, 'alice', 'openid uma_protection');
    for (const path of ['/streams', '/status?stream_id=x', '/receivers']) {
      expect((await world.uma.call('GET', `/ssf${path}`)).status).toBe(401);
      expect((await call('GET', path, undefined, 'made-up')).status).toBe(401);
      for (const wrong of [person, other]) {
        const answer = await call('GET', path, undefined, wrong);
        expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
        expect(answer.headers['www-authenticate']).toContain('scope="ssf.manage"');
      }
    }
    expect((await world.uma.call('POST', '/ssf/verification', { json: {} })).status).toBe(401);
  });

  it('shows a client nothing of another’s stream', async () => {
    const created = await create();
    const client = await world.uma.registerClient({
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    });
    const { body } = await world.uma.token(client, { grant_type: 'client_credentials', scope: 'ssf.manage' });
    const by = String(body['access_token']);
    expect((await call('GET', '/streams', undefined, by)).body).toEqual([]);
    expect((await call('DELETE', `/streams?stream_id=${idOf(created)}`, undefined, by)).status).toBe(404);
    const own = await call('POST', '/streams', { delivery: delivery() }, by);
    expect(own.body).toMatchObject({ aud: client.id });
    expect(await list('/streams')).toEqual([created.body]);
  });
});
