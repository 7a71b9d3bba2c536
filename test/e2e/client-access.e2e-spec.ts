import type { AccessView, OpenedView } from '../../src/client/access-view.js';
import { ClientApplication, type Visitor } from '../support/client-application.js';

describe.each(['sqlite', 'postgres'] as const)('what the viewer page asks (%s)', (dialect) => {
  let client: ClientApplication;
  let bob: Visitor;
  beforeEach(async () => {
    client = await ClientApplication.start(dialect);
    bob = await client.signIn('bob', 'Bob Stone');
    client.hearts.bodies.set('/resources/1/heart-rate/latest', beat(72));
    client.hearts.bodies.set('/resources/1/heart-rate', { samples: [beat(70), beat(72)] });
  });
  afterEach(async () => {
    await client.stop();
  });

  const open = async (resource: unknown = client.heart, as = bob) =>
    client.ask('/api/access', { method: 'POST', as, json: { resource } });
  const opened = async (resource?: string) => (await open(resource)).json() as AccessView;
  const listed = async (as = bob) => (await client.ask('/api/access', { as })).json() as OpenedView[];

  it('opens a link: whether there is access, and the newest sample', async () => {
    const answer = await open();
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.json()).toEqual({
      id: expect.any(String) as string,
      resource: client.heart,
      state: 'granted',
      wanted: [],
      samples: [beat(72)],
      asOf: new Date(client.clock.nowMs()).toISOString(),
    });
    expect(client.world.as.tokenRequests).toMatchObject([{ resource: client.hearts.origin }]);
  });

  it('pushes the ID token of the person who is signed in, and of nobody else (C-11)', async () => {
    const carol = await client.signIn('carol');
    client.askForIdToken();
    await open();
    client.askForIdToken();
    await open(client.heart, carol);
    const pushed = client.world.as.tokenRequests.flatMap(({ claim_token }) => claim_token ?? []);
    expect(pushed.map(subjectOf)).toEqual(['bob', 'carol']);
  });

  it('keeps the newest sample fresh with the RPT it has', async () => {
    const { id } = await opened();
    client.hearts.bodies.set('/resources/1/heart-rate/latest', beat(75));
    const answer = await client.ask(`/api/access/${id ?? ''}/latest`, { as: bob });
    expect(answer.json()).toMatchObject({ id, state: 'granted', samples: [beat(75)] });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(client.world.as.issued).toHaveLength(1);
  });

  it('gives the samples since a time', async () => {
    const { id } = await opened();
    const from = '2026-03-01T11:45:00.000Z';
    const answer = await client.ask(`/api/access/${id ?? ''}/heart-rate?from=${from}`, { as: bob });
    expect(answer.json()).toMatchObject({ id, state: 'granted', samples: [beat(70), beat(72)] });
    expect(client.hearts.seen.at(-1)?.path).toContain(`from=${encodeURIComponent(from)}`);
  });

  it('says no when the owner does not share, and remembers the link for when she does', async () => {
    client.world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_denied' } }));
    expect(await opened()).toMatchObject({ state: 'denied', samples: [] });
    expect(await listed()).toHaveLength(1);
    expect(await opened()).toMatchObject({ state: 'granted' });
  });

  it('says no as soon as sharing has ended', async () => {
    const { id } = await opened();
    client.world.as.withdrawAll();
    client.world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_denied' } }));
    const answer = await client.ask(`/api/access/${id ?? ''}/latest`, { as: bob });
    expect(answer.json()).toMatchObject({ id, state: 'denied', samples: [] });
  });

  it('asks for more when the ID token has expired and cannot be refreshed', async () => {
    client.provider.revokeAll();
    client.clock.advanceMs(2 * 60 * 60_000);
    client.askForIdToken();
    expect(await opened()).toMatchObject({ state: 'need-info', wanted: ['Who you are'], samples: [] });
    expect(client.world.as.tokenRequests).toHaveLength(1);
  });

  it('refreshes an ID token that is about to expire before it is pushed', async () => {
    client.clock.advanceMs((client.provider.idTokenSeconds - 30) * 1000);
    client.askForIdToken();
    expect(await opened()).toMatchObject({ state: 'granted' });
    expect(client.provider.refreshes).toBe(1);
  });

  it('neither asks nor remembers a server that is not trusted', async () => {
    const stranger = 'https://rs.evil.example/resources/1/heart-rate';
    const view = await opened(stranger);
    expect(view).toMatchObject({ resource: stranger, state: 'not-trusted', samples: [] });
    expect(view).not.toHaveProperty('id');
    expect(await listed()).toEqual([]);
  });

  it('does not remember a link that leads nowhere', async () => {
    const view = await opened(`${client.hearts.origin}/resources/2/heart-rate`);
    expect(view).toMatchObject({ state: 'not-found' });
    expect(view).not.toHaveProperty('id');
    expect(await listed()).toEqual([]);
  });

  it('tells the servers apart that cannot be reached', async () => {
    await client.world.as.stop();
    expect(await opened()).toMatchObject({ state: 'authorization-server-unreachable' });
    await client.hearts.stop();
    expect(await opened()).toMatchObject({ state: 'resource-server-unreachable' });
  });

  it('lists what this person opened, and nobody else', async () => {
    const carol = await client.signIn('carol');
    const { id, resource } = await opened();
    expect(await listed()).toEqual([{ id, resource, openedAt: new Date(client.clock.nowMs()).toISOString() }]);
    expect(await listed(carol)).toEqual([]);
    const answer = await client.ask(`/api/access/${id ?? ''}/latest`, { as: carol });
    expect([answer.status, answer.json()]).toMatchObject([404, { error: 'not_found' }]);
  });

  it('takes a link with a fragment for the same link', async () => {
    const { id } = await opened();
    expect(await opened(`${client.heart}#now`)).toMatchObject({ id, resource: client.heart });
  });

  it.each([
    ['latest', '/api/access/unknown/latest'],
    ['heart-rate', '/api/access/unknown/heart-rate?from=2026-03-01T12:00:00Z'],
  ])('knows no %s of a link that was never opened', async (_what, path) => {
    const answer = await client.ask(path, { as: bob });
    expect([answer.status, answer.json()]).toMatchObject([404, { error: 'not_found' }]);
  });

  it.each([
    ['no address', {}],
    ['a script', { resource: 'javascript:alert(1)' }],
    ['an address whose host is none', { resource: 'http://foo.0x4/' }],
    ['something beside the address', { resource: 'http://localhost/r', token: 'x' }],
  ])('refuses to open %s', async (_what, json) => {
    const answer = await client.ask('/api/access', { method: 'POST', as: bob, json });
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('refuses a history without a beginning', async () => {
    const { id } = await opened();
    for (const query of ['', '?from=yesterday', '?from=2026-03-01T12:00:00Z&limit=1']) {
      const answer = await client.ask(`/api/access/${id ?? ''}/heart-rate${query}`, { as: bob });
      expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    }
  });

  it('opens nothing for another site that has no CSRF token', async () => {
    for (const csrfToken of ['', 'forged']) {
      const answer = await open(client.heart, { ...bob, csrfToken });
      expect([answer.status, answer.json()]).toMatchObject([403, { error: 'access_denied' }]);
    }
    expect(client.hearts.seen).toEqual([]);
  });

  it.each([
    ['GET', '/api/access'],
    ['POST', '/api/access'],
    ['GET', '/api/access/some/latest'],
    ['GET', '/api/access/some/heart-rate?from=2026-03-01T12:00:00Z'],
    ['GET', '/api/session'],
  ] as const)('answers %s %s with 401 when nobody is signed in', async (method, path) => {
    const answer = await client.ask(path, { method, ...(method === 'POST' && { json: { resource: client.heart } }) });
    expect([answer.status, answer.json()]).toMatchObject([401, { error: 'login_required' }]);
  });

  it('lets no token, ticket or secret out: in no answer, and in no line of the log (T53, C-8, SEC-12)', async () => {
    client.askForIdToken();
    const { id } = await opened();
    await client.ask(`/api/access/${id ?? ''}/heart-rate?from=2026-03-01T12:00:00Z`, { as: bob });
    client.world.as.outcomes.push(() => ({ status: 400, body: { error: 'invalid_target' } }));
    client.world.as.withdrawAll();
    await client.ask(`/api/access/${id ?? ''}/latest`, { as: bob });
    await client.ask('/userInfo', { as: bob });
    const seen = [...client.told, ...client.log].join('\n');
    expect(client.secrets.length).toBeGreaterThan(5);
    expect(client.log.length).toBeGreaterThan(5);
    expect(client.secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });
});

function beat(heartRate: number) {
  return { heartRate, recordedAt: '2026-03-01T12:00:00.000Z' };
}

function subjectOf(jwt: string): unknown {
  const [, payload = ''] = jwt.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: unknown }).sub;
}
