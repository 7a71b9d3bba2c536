import { digest } from '../../src/common/digest.js';
import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database } from '../../src/database/database.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, type Call, claim, expectUncachedJson, R1, UmaWorld } from '../support/uma-world.js';

const REQUESTS = '/api/access-requests';
const DAY_SECONDS = 86_400;

interface RequestView {
  readonly id: string;
  readonly resourceId: string;
  readonly scopes: readonly string[];
  readonly requester: { readonly issuer: string; readonly subject: string; readonly name: string };
  readonly clientId: string;
  readonly clientName: string;
  readonly status: string;
  readonly createdAt: string;
}

describeOnEachDatabase("the owner's API of access requests", (open) => {
  let world: UmaWorld;
  let token: string;
  let resource: string;
  let ownerId: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    ownerId = await world.accountId('alice');
    await world.call('PATCH', '/api/settings', { token, json: { acceptsRequests: true } });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    resource = await world.register();
  });

  const ask = async (...scopes: string[]): Promise<Answer> =>
    world.redeemAs('bob', await world.ticketFor(resource, ...scopes));
  const poll = (answer: Answer): Promise<Answer> => world.redeem(String(answer.body['ticket']));
  const list = async (): Promise<readonly RequestView[]> =>
    Object.values((await world.call('GET', REQUESTS, { token })).body) as RequestView[];
  const received = async (): Promise<RequestView> => {
    const request = (await list()).find(({ resourceId }) => resourceId === resource);
    if (request === undefined) throw new Error('The owner was not asked.');
    return request;
  };
  const send = (id: string, what: 'approve' | 'refuse', json?: unknown): Promise<Answer> =>
    world.call('POST', `${REQUESTS}/${id}/${what}`, { token, ...(json === undefined ? {} : { json }) });
  /** Approves all that is asked for, if it is not said otherwise. */
  const approve = async (terms: object = {}): Promise<Answer> => {
    const { id, scopes } = await received();
    return send(id, 'approve', { scopes, ...terms });
  };
  const refuse = async (): Promise<Answer> => send((await received()).id, 'refuse');
  /** As if the owner had answered a day earlier: the claims that are pushed here are too old after a day. */
  const letADayPass = async (): Promise<void> => {
    const { kysely } = world.server.app.get<Database<UmaTables>>(Database, { strict: false });
    const decided_ms = world.server.clock.nowMs() - DAY_SECONDS * 1000;
    await kysely.updateTable('access_request').set({ decided_ms }).where('resource_id', '=', resource).execute();
  };
  const at = (seconds: number): string => new Date(world.server.clock.nowMs() + seconds * 1000).toISOString();
  const scopesOf = async ({ body }: Answer): Promise<unknown> => {
    const { permissions } = (await world.introspect(String(body['access_token']))).body;
    return (permissions as { resource_scopes: string[] }[])[0]?.resource_scopes;
  };

  it('asks the owner for what no share covers, and has the client come again (GRANT-3.3.6-e, T26)', async () => {
    const asked = await ask('heart-rate:read');
    expect(asked).toMatchObject({ status: 403, body: { error: 'request_submitted', interval: 5 } });
    expectUncachedJson(asked);
    const { body } = await world.call('GET', REQUESTS, { token });
    expect(body).toContainEqual({
      id: expect.any(String) as string,
      resourceId: resource,
      scopes: ['heart-rate:read'],
      requester: { issuer: world.issuer, subject: expect.any(String) as string, name: 'Bob' },
      clientId: world.c1.id,
      clientName: 'Pulse Viewer',
      status: 'pending',
      createdAt: at(0),
    });
  });

  it('asks an owner only who wants to be asked', async () => {
    const carols = await world.register(R1, world.patC1);
    const ticket = await world.ticket({ resource_id: carols, resource_scopes: ['heart-rate:read'] }, world.patC1);
    expect(await world.redeemAs('bob', ticket)).toMatchObject({ status: 403, body: { error: 'request_denied' } });
  });

  it('lets a client that waits get its token once the owner has approved, with the next ticket of each answer', async () => {
    let waiting = await ask('heart-rate:read');
    for (const interval of [6, 7, 8]) {
      world.wait(interval - 1);
      const before = waiting.body['ticket'];
      waiting = await poll(waiting);
      expect(waiting).toMatchObject({ status: 403, body: { error: 'request_submitted', interval } });
      expect(waiting.body['ticket']).not.toBe(before);
    }
    const approved = await approve();
    expect(approved).toMatchObject({
      status: 200,
      body: { resourceId: resource, scopes: ['heart-rate:read'], clients: null, expiresAt: null, paused: false },
    });
    expect(approved.headers['cache-control']).toContain('no-store');
    const granted = await poll(waiting);
    expect(granted.status).toBe(200);
    expect(await scopesOf(granted)).toEqual(['heart-rate:read']);
    expect(await received()).toMatchObject({ status: 'approved' });
  });

  it('remembers the ten tickets that a client polled with last, and the claims in none of them', async () => {
    const { kysely } = world.server.app.get<Database<UmaTables>>(Database, { strict: false });
    const first = await world.ticketFor(resource, 'heart-rate:read');
    let waiting = await world.redeemAs('bob', first);
    for (let round = 0; round < 13; round++) waiting = await poll(waiting);
    const { process_id } = await kysely
      .selectFrom('uma_ticket')
      .select('process_id')
      .where('handle_digest', '=', digest(first))
      .executeTakeFirstOrThrow();
    const tickets = await kysely
      .selectFrom('uma_ticket')
      .select(['consumed_ms', 'progress'])
      .where('process_id', '=', process_id)
      .execute();
    const used = tickets.filter(({ consumed_ms }) => consumed_ms !== null);
    // The first one, too, which has been in other hands.
    expect(used).toHaveLength(11);
    expect(used.filter(({ progress }) => progress !== null)).toEqual([]);
    expect(tickets).toHaveLength(12);
  });

  it('asks an owner a hundred things at once through one client, and no more', async () => {
    const { kysely } = world.server.app.get<Database<UmaTables>>(Database, { strict: false });
    await kysely.deleteFrom('access_request').execute();
    const waiting = await ask('heart-rate:read');
    const { requester, ...asked } = await received();
    const rows = Array.from({ length: 99 }, (_, index) => ({
      id: `${resource}-${index}`,
      owner_id: ownerId,
      resource_id: resource,
      requester_issuer: requester.issuer,
      requester_subject: `person-${index}`,
      client_id: asked.clientId,
      scopes: '["heart-rate:read"]',
      status: 'pending',
      created_ms: 0,
      refused_scopes: '[]',
      decided_ms: null,
    }));
    await kysely.insertInto('access_request').values(rows).execute();
    const asCarol = async (client = world.c1, of = resource): Promise<Answer> =>
      world.redeemAs('carol', await world.ticketFor(of, 'heart-rate:read'), {}, client);
    expect(await asCarol()).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    expect((await asCarol(world.c2, await world.register())).body['error']).toBe('request_submitted');
    expect((await poll(waiting)).body['error']).toBe('request_submitted');
    await send(`${resource}-0`, 'refuse');
    expect((await asCarol()).body['error']).toBe('request_submitted');
    await kysely.deleteFrom('access_request').execute();
  });

  it('tells a client that polls too early to wait longer, and never leaves it without a ticket (2.3)', async () => {
    let waiting = await ask('heart-rate:read');
    const intervals: unknown[] = [];
    for (let round = 0; round < 6; round++) {
      world.wait(1);
      waiting = await poll(waiting);
      expect(waiting).toMatchObject({ status: 403, body: { error: 'request_submitted' } });
      intervals.push(waiting.body['interval']);
    }
    expect(intervals).toEqual([10, 20, 40, 60, 60, 60]);
    world.wait(60);
    await approve();
    expect((await poll(waiting)).status).toBe(200);
  });

  it('approves for everybody who asks on behalf of the person, and for nobody else', async () => {
    await ask('heart-rate:read');
    await approve();
    const ticket = () => world.ticketFor(resource, 'heart-rate:read');
    expect((await world.redeemAs('bob', await ticket(), {}, world.c2)).status).toBe(200);
    expect((await world.redeemAs('carol', await ticket())).body['error']).toBe('request_submitted');
  });

  it('approves a part, which the client that waits gets; the rest is refused, and not asked for again for a day', async () => {
    const waiting = await ask('heart-rate:read', 'heart-rate:write');
    const approved = await approve({ scopes: ['heart-rate:read'], expiresAt: at(2 * DAY_SECONDS) });
    expect(approved.body).toMatchObject({ scopes: ['heart-rate:read'], expiresAt: at(2 * DAY_SECONDS) });
    const granted = await poll(waiting);
    expect(granted.status).toBe(200);
    const { permissions } = (await world.introspect(String(granted.body['access_token']))).body;
    expect(permissions).toMatchObject([{ resource_scopes: ['heart-rate:read'] }]);
    expect((await ask('heart-rate:read')).status).toBe(200);
    expect((await ask('heart-rate:write')).body['error']).toBe('request_denied');
    expect(await received()).toMatchObject({ status: 'approved', scopes: ['heart-rate:read', 'heart-rate:write'] });
    await letADayPass();
    expect((await ask('heart-rate:write')).body['error']).toBe('request_submitted');
    expect(await received()).toMatchObject({ status: 'pending', scopes: ['heart-rate:write'] });
  });

  it('refuses: the client that waits is told so, and who asks again within a day is refused at once', async () => {
    const waiting = await ask('heart-rate:read');
    expect((await refuse()).status).toBe(204);
    expect(await poll(waiting)).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    expect(await ask('heart-rate:read')).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    expect((await received()).status).toBe('refused');
    await letADayPass();
    expect((await ask('heart-rate:read')).body['error']).toBe('request_submitted');
  });

  it('keeps what was refused a short while ago refused when something else is answered, unless that allows it', async () => {
    await ask('heart-rate:write');
    await refuse();
    await ask('heart-rate:read');
    await approve();
    expect((await ask('heart-rate:write')).body['error']).toBe('request_denied');
    await ask('heart-rate:download');
    await refuse();
    expect((await ask('heart-rate:write')).body['error']).toBe('request_denied');
    expect((await ask('heart-rate:read')).status).toBe(200);
  });

  it('joins what a person asks for later to what they wait for already', async () => {
    await ask('heart-rate:read');
    const { id } = await received();
    await ask('heart-rate:write');
    expect(await received()).toMatchObject({ id, scopes: ['heart-rate:read', 'heart-rate:write'] });
  });

  it('lets the owner choose what is allowed to somebody who asked for any access at all', async () => {
    const waiting = await ask();
    expect((await received()).scopes).toEqual([]);
    expect(await approve()).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await approve({ scopes: ['heart-rate:download'] })).status).toBe(200);
    expect((await poll(waiting)).status).toBe(200);
    expect((await ask('heart-rate:download')).status).toBe(200);
  });

  it('refuses any access at all for a day to somebody who asked for that', async () => {
    await ask();
    await refuse();
    expect((await ask()).body['error']).toBe('request_denied');
    expect((await ask('heart-rate:read')).body['error']).toBe('request_submitted');
  });

  it('allows no scope that the resource has lost meanwhile', async () => {
    await ask('heart-rate:read', 'heart-rate:write');
    const describe = (...resource_scopes: string[]) =>
      world.call('PUT', `/uma/resources/${resource}`, { token: world.patA1, json: { resource_scopes } });
    await describe('heart-rate:write');
    expect(await approve({ scopes: ['heart-rate:read'] })).toMatchObject({
      body: { error: 'invalid_scope' },
    });
    expect((await approve({ scopes: ['heart-rate:write'] })).body['scopes']).toEqual(['heart-rate:write']);
  });

  it('forgets a request with its resource', async () => {
    await ask('heart-rate:read');
    const { id } = await received();
    await world.call('DELETE', `/uma/resources/${resource}`, { token: world.patA1 });
    expect((await list()).map((request) => request.id)).not.toContain(id);
    expect((await send(id, 'approve', { scopes: ['heart-rate:read'] })).status).toBe(404);
  });

  describe('and a share with that person that there is', () => {
    const waitFor = async (more: Readonly<Record<string, unknown>>, ...scopes: string[]): Promise<string> => {
      const id = await world.share(resource, ['heart-rate:read'], more);
      expect((await ask(...scopes)).body['error']).toBe('request_submitted');
      return id;
    };

    it('widens it, keeps its end, and leaves tokens that rest on it alone', async () => {
      const expiresAt = at(1_000);
      const id = await world.share(resource, ['heart-rate:read'], { expiresAt });
      const rpt = String((await ask('heart-rate:read')).body['access_token']);
      await ask('heart-rate:write');
      expect((await approve()).body).toMatchObject({
        id,
        scopes: ['heart-rate:read', 'heart-rate:write'],
        expiresAt,
      });
      expect((await world.introspect(rpt)).body['active']).toBe(true);
      expect((await ask('heart-rate:read', 'heart-rate:write')).status).toBe(200);
    });

    it('lets what was asked for end when the owner says so, but never other things earlier or later', async () => {
      for (const expiresAt of [null, at(30), at(90)]) {
        resource = await world.register();
        await world.share(resource, ['heart-rate:read'], { expiresAt });
        const rpt = String((await ask('heart-rate:read')).body['access_token']);
        await ask('heart-rate:write');
        const refused = await approve({ expiresAt: at(60) });
        expect(refused).toMatchObject({ status: 409, body: { error: 'conflict' } });
        expect((await received()).status).toBe('pending');
        expect((await world.introspect(rpt)).body['active']).toBe(true);
        expect((await approve(expiresAt === null ? {} : { expiresAt })).body['expiresAt']).toBe(expiresAt);
      }
    });

    it('never lets the client that asked use what it did not ask for', async () => {
      await waitFor({ clients: [world.c2.id] }, 'heart-rate:write');
      expect(await approve()).toMatchObject({ status: 409, body: { error: 'conflict' } });
    });

    it('lets the client that asked use a share that is for other clients', async () => {
      await waitFor({ clients: [world.c2.id] }, 'heart-rate:read');
      expect((await approve()).body['clients']).toEqual([world.c2.id, world.c1.id]);
      expect((await ask('heart-rate:read')).status).toBe(200);
    });

    it('gives of a share that is paused, or has not begun, no more than what was asked for', async () => {
      for (const more of [{ paused: true }, { startsAt: at(600) }]) {
        resource = await world.register();
        await world.share(resource, ['heart-rate:read', 'heart-rate:write'], { ...more, expiresAt: at(1_000) });
        await ask('heart-rate:read');
        const approved = await approve();
        expect(approved.body).toMatchObject({ scopes: ['heart-rate:read'], paused: false, startsAt: null });
        expect(approved.body['expiresAt']).toBe(at(1_000));
        expect((await ask('heart-rate:read')).status).toBe(200);
      }
    });

    it('makes a new one of a share that is over', async () => {
      const id = await world.share(resource, ['heart-rate:write'], { expiresAt: at(10) });
      world.wait(10);
      await ask('heart-rate:read');
      const approved = await approve();
      expect(approved.body).toMatchObject({ scopes: ['heart-rate:read'], expiresAt: null });
      expect(approved.body['id']).not.toBe(id);
    });

    it('never opens a share that is for some purposes to others', async () => {
      await waitFor({ purposes: ['HRESCH'] }, 'heart-rate:write');
      expect(await approve()).toMatchObject({ status: 409, body: { error: 'conflict' } });
      expect((await received()).status).toBe('pending');
    });

    it('takes as approved what the owner shares by themselves, as far as it covers all that was asked for', async () => {
      const waiting = await ask('heart-rate:read', 'heart-rate:write');
      const id = await world.share(resource, ['heart-rate:read']);
      expect((await received()).status).toBe('pending');
      const json = { scopes: ['heart-rate:read', 'heart-rate:write'] };
      await world.call('PATCH', `/api/shares/${id}`, { token, json });
      expect((await received()).status).toBe('approved');
      expect((await poll(waiting)).status).toBe(200);
    });

    it('leaves a request open that a share for other clients, for later, or for some purposes does not answer', async () => {
      for (const more of [
        { clients: [world.c2.id] },
        { startsAt: at(600) },
        { paused: true },
        { purposes: ['TREAT'] },
      ]) {
        resource = await world.register();
        await ask('heart-rate:read');
        await world.share(resource, ['heart-rate:read'], more);
        expect((await received()).status).toBe('pending');
      }
    });
  });

  describe('does not have the client of somebody who lost something ask for it again for a day', () => {
    const share = async (...scopes: string[]): Promise<string> => `/api/shares/${await world.share(resource, scopes)}`;

    it('when the owner stops sharing', async () => {
      const path = await share('heart-rate:read');
      expect((await ask('heart-rate:read')).status).toBe(200);
      await world.call('DELETE', path, { token });
      expect((await ask('heart-rate:read')).body['error']).toBe('request_denied');
      expect(await received()).toMatchObject({ status: 'refused', scopes: ['heart-rate:read'], clientId: world.c1.id });
      expect((await ask('heart-rate:write')).body['error']).toBe('request_submitted');
      expect((await received()).status).toBe('pending');
      await letADayPass();
      expect((await ask('heart-rate:read')).body['error']).toBe('request_submitted');
    });

    it('when the owner shares less, and not of what they still have', async () => {
      const path = await share('heart-rate:read', 'heart-rate:write');
      expect((await ask('heart-rate:read', 'heart-rate:write')).status).toBe(200);
      await world.call('PATCH', path, { token, json: { scopes: ['heart-rate:read'], expiresAt: at(600) } });
      expect((await ask('heart-rate:write')).body['error']).toBe('request_denied');
      expect((await ask('heart-rate:read')).status).toBe(200);
    });

    it.each([
      ['pauses the share', { paused: true }],
      ['limits it to another client', () => ({ clients: [world.c2.id] })],
    ])('when the owner %s, until they have it again', async (_what, json) => {
      const path = await share('heart-rate:read');
      expect((await ask('heart-rate:read')).status).toBe(200);
      await world.call('PATCH', path, { token, json: typeof json === 'function' ? json() : json });
      expect((await ask('heart-rate:read')).body['error']).toBe('request_denied');
      await world.call('PATCH', path, { token, json: { paused: false, clients: null } });
      expect((await ask('heart-rate:read')).status).toBe(200);
    });

    it('but leaves what they wait for before the owner', async () => {
      const path = await share('heart-rate:read');
      await ask('heart-rate:read');
      await ask('heart-rate:write');
      await world.call('DELETE', path, { token });
      expect(await received()).toMatchObject({ status: 'pending', scopes: ['heart-rate:write'] });
      expect((await ask('heart-rate:read')).body['error']).toBe('request_denied');
    });
  });

  describe('answers each request once', () => {
    it('and says that it was answered already', async () => {
      await ask('heart-rate:read');
      await refuse();
      for (const again of [approve, refuse]) {
        expect(await again()).toMatchObject({ status: 409, body: { error: 'conflict' } });
      }
      expect((await world.call('GET', '/api/shares', { token })).body).not.toContainEqual(
        expect.objectContaining({ resourceId: resource }),
      );
    });

    it.each([
      ['approved twice', 'approve', 'approve'],
      ['approved and refused', 'approve', 'refuse'],
      ['refused twice', 'refuse', 'refuse'],
    ] as const)('when it is %s at the same moment', async (_how, one, other) => {
      const person = claim(await world.idToken());
      for (let round = 0; round < 8; round++) {
        resource = await world.register();
        await world.redeem(await world.ticketFor(resource, 'heart-rate:read'), person);
        const { id } = await received();
        const json = { scopes: ['heart-rate:read'] };
        const answers = await Promise.all([one, other].map((what) => send(id, what, json)));
        const statuses = answers.map(({ status }) => status);
        expect(statuses.filter((status) => status === 409)).toHaveLength(1);
        const isApproved = statuses.includes(200);
        expect((await received()).status).toBe(isApproved ? 'approved' : 'refused');
        const { body } = await world.redeem(await world.ticketFor(resource, 'heart-rate:read'), person);
        expect(body['error']).toBe(isApproved ? undefined : 'request_denied');
      }
    });

    it('when more is asked for at the same moment: that is not approved with it', async () => {
      const person = claim(await world.idToken());
      for (let round = 0; round < 8; round++) {
        resource = await world.register();
        await world.redeem(await world.ticketFor(resource, 'heart-rate:read'), person);
        const { id } = await received();
        const ticket = await world.ticketFor(resource, 'heart-rate:write');
        const [approved, asked] = await Promise.all([
          send(id, 'approve', { scopes: ['heart-rate:read'] }),
          world.redeem(ticket, person),
        ]);
        expect([approved.status, asked.body['error']]).toEqual([200, 'request_submitted']);
        expect(approved.body['scopes']).toEqual(['heart-rate:read']);
      }
    });
  });

  it.each<[string, object, string]>([
    ['a scope that was not asked for', { scopes: ['heart-rate:write'] }, 'invalid_scope'],
    ['no scope', { scopes: [] }, 'invalid_request'],
    ['scopes that are no list', { scopes: 'heart-rate:read' }, 'invalid_request'],
    ['no word about scopes: more may be asked for by now', { scopes: undefined }, 'invalid_request'],
    ['scopes that are null', { scopes: null }, 'invalid_request'],
    ['a scope twice', { scopes: ['heart-rate:read', 'heart-rate:read'] }, 'invalid_request'],
    ['an end that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, 'invalid_request'],
    ['an end without a zone', { expiresAt: '2999-01-01T00:00:00' }, 'invalid_request'],
    ['an unknown member', { clients: ['x'] }, 'invalid_request'],
    ['a body that is no object', ['heart-rate:read'], 'invalid_request'],
  ])('does not approve with %s', async (_what, json, error) => {
    await ask('heart-rate:read');
    const whole = Array.isArray(json) ? json : { scopes: ['heart-rate:read'], ...json };
    expect(await send((await received()).id, 'approve', whole)).toMatchObject({ status: 400, body: { error } });
    expect((await received()).status).toBe('pending');
  });

  it('keeps a request from everyone else, as if it did not exist', async () => {
    await ask('heart-rate:read');
    const { id } = await received();
    const other = await world.accessToken(world.rs1, 'carol', 'openid sharing');
    expect((await world.call('GET', REQUESTS, { token: other })).body).toEqual([]);
    const json = { scopes: ['heart-rate:read'] };
    for (const what of ['approve', 'refuse']) {
      const refused = await world.call('POST', `${REQUESTS}/${id}/${what}`, { token: other, json });
      expect(refused).toMatchObject({ status: 404, body: { error: 'not_found' } });
    }
    expect((await send('unknown', 'approve', { scopes: ['heart-rate:read'] })).status).toBe(404);
    expect((await received()).status).toBe('pending');
  });

  it.each<[string, () => Call, number, string]>([
    ['nobody', () => ({}), 401, 'login_required'],
    ['no PAT', () => ({ token: world.patA1 }), 403, 'insufficient_scope'],
  ])('lets in %s', async (_who, call, status, error) => {
    await ask('heart-rate:read');
    const { id } = await received();
    const calls = [
      world.call('GET', REQUESTS, call()),
      world.call('POST', `${REQUESTS}/${id}/approve`, { ...call(), json: { scopes: ['heart-rate:read'] } }),
      world.call('POST', `${REQUESTS}/${id}/refuse`, call()),
    ];
    for (const refused of await Promise.all(calls)) expect(refused).toMatchObject({ status, body: { error } });
  });

  it("takes an answer by session only with that session's CSRF token", async () => {
    await ask('heart-rate:read');
    const { id } = await received();
    const browser = world.browserOf('alice');
    const page = await browser.get(`${world.issuer}/account`);
    const cookie = browser.cookies.header(new URL(world.issuer)) ?? '';
    const csrfToken = page.forms[0]?.fields.get('csrf_token') ?? '';
    const json = { scopes: ['heart-rate:read'] };
    const sendBySession = (what: string, headers: Readonly<Record<string, string>>) =>
      world.call('POST', `${REQUESTS}/${id}/${what}`, { json, headers: { cookie, ...headers } });
    for (const what of ['approve', 'refuse']) {
      expect(await sendBySession(what, {})).toMatchObject({ status: 403, body: { error: 'access_denied' } });
      expect(await sendBySession(what, { 'x-csrf-token': 'guessed' })).toMatchObject({ status: 403 });
    }
    expect((await received()).status).toBe('pending');
    expect((await sendBySession('approve', { 'x-csrf-token': csrfToken })).status).toBe(200);
  });

  // The last one, because the claims that other tests push are too old after it.
  it('lets a client wait until the next day', async () => {
    const waiting = await ask('heart-rate:read');
    world.wait(DAY_SECONDS - 1);
    await approve();
    expect((await poll(waiting)).status).toBe(200);
  });
});
