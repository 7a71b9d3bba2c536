import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, claim, R1, UmaWorld } from '../support/uma-world.js';

const BLOCKS = '/api/blocks';
const SETTINGS = '/api/settings';
const IDP = 'https://idp.test';

describeOnEachDatabase('what an owner decides about everybody', (open) => {
  let world: UmaWorld;
  let token: string;
  let carols: string;
  let resource: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    carols = await world.accessToken(world.rs1, 'carol', 'openid sharing');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    resource = await world.register();
  });
  afterEach(async () => {
    await change({ acceptsRequests: false, paused: false });
    for (const { id } of await blocks()) await lift(id);
  });

  const change = (json: unknown, as = token): Promise<Answer> => world.call('PATCH', SETTINGS, { token: as, json });
  const settings = async (as = token): Promise<unknown> => (await world.call('GET', SETTINGS, { token: as })).body;
  const block = (person: unknown): Promise<Answer> => world.call('POST', BLOCKS, { token, json: { person } });
  const lift = (id: string, as = token): Promise<Answer> => world.call('DELETE', `${BLOCKS}/${id}`, { token: as });
  const blocks = async (as = token): Promise<readonly { id: string }[]> =>
    Object.values((await world.call('GET', BLOCKS, { token: as })).body) as { id: string }[];
  const ask = async (username = 'bob', id = resource): Promise<Answer> =>
    world.redeemAs(username, await world.ticketFor(id, 'heart-rate:read'));
  const isActive = async ({ body }: Answer): Promise<unknown> =>
    (await world.introspect(String(body['access_token']))).body['active'];

  /** Alice's share with Bob by the access token that is there: no sign-in takes time between the rounds of a race. */
  const shareWithBob = (): Promise<Answer> => {
    const json = { resourceId: resource, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
    return world.call('POST', '/api/shares', { token, json });
  };

  describe('the settings', () => {
    it('begin with nobody asking and nothing paused, and are each owner’s own', async () => {
      expect(await settings()).toEqual({ acceptsRequests: false, paused: false });
      const changed = await change({ acceptsRequests: true });
      expect(changed).toMatchObject({ status: 200, body: { acceptsRequests: true, paused: false } });
      expect(changed.headers['cache-control']).toContain('no-store');
      expect(await settings(carols)).toEqual({ acceptsRequests: false, paused: false });
    });

    it('keep what a change does not name', async () => {
      await change({ acceptsRequests: true });
      await change({ paused: true });
      expect(await settings()).toEqual({ acceptsRequests: true, paused: true });
      expect((await change({})).body).toEqual({ acceptsRequests: true, paused: true });
      await change({ acceptsRequests: false });
      expect(await settings()).toEqual({ acceptsRequests: false, paused: true });
    });

    it.each([
      [{ paused: 'true' }],
      [{ paused: null }],
      [{ acceptsRequests: 1 }],
      [{ paused: true, more: 1 }],
      [[true]],
    ])('refuse the change %j', async (json) => {
      expect(await change(json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await settings()).toEqual({ acceptsRequests: false, paused: false });
    });

    it('let people ask, and no longer', async () => {
      expect((await ask()).body['error']).toBe('request_denied');
      await change({ acceptsRequests: true });
      expect((await ask()).body['error']).toBe('request_submitted');
      await change({ acceptsRequests: false });
      expect((await ask()).body['error']).toBe('request_denied');
    });

    it('pause all sharing: tokens end at once, nobody gets one, nobody asks, until it goes on (GRANT-6.1)', async () => {
      await change({ acceptsRequests: true });
      await shareWithBob();
      const [bobs, waiting] = [await ask(), await ask('carol')];
      expect([bobs.status, waiting.body['error']]).toEqual([200, 'request_submitted']);
      await change({ paused: true });
      expect(await isActive(bobs)).toBe(false);
      expect((await ask()).body['error']).toBe('request_denied');
      expect((await ask('carol')).body['error']).toBe('request_denied');
      await change({ paused: false });
      expect(await isActive(bobs)).toBe(false);
      expect((await ask()).status).toBe(200);
    });

    it("leave other owners' tokens alone when all is paused", async () => {
      const theirs = await world.register(R1, world.patC1);
      const json = { resourceId: theirs, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
      await world.call('POST', '/api/shares', { token: carols, json });
      const ticket = await world.ticket({ resource_id: theirs, resource_scopes: ['heart-rate:read'] }, world.patC1);
      const { body } = await world.redeemAs('bob', ticket);
      await change({ paused: true });
      expect((await world.introspect(String(body['access_token']), world.patC1)).body['active']).toBe(true);
    });
  });

  describe('the blocks', () => {
    it('name the person, and are each owner’s own', async () => {
      const made = await block({ username: 'Bob' });
      expect(made.status).toBe(201);
      expect(made.headers['cache-control']).toContain('no-store');
      expect(made.body).toEqual({
        id: expect.any(String) as string,
        person: { issuer: world.issuer, subject: expect.any(String) as string, name: 'Bob' },
        createdAt: new Date(world.server.clock.nowMs()).toISOString(),
      });
      expect(await blocks()).toEqual([made.body]);
      expect(await blocks(carols)).toEqual([]);
      expect(await lift(String(made.body['id']), carols)).toMatchObject({ status: 404, body: { error: 'not_found' } });
      expect(await blocks()).toHaveLength(1);
    });

    it('take a person of another server as that knows them', async () => {
      const person = { issuer: IDP, subject: 'dora' };
      expect((await block(person)).body['person']).toEqual({ ...person, name: `dora (${IDP})` });
    });

    it.each<[string, unknown]>([
      ['a person who is not here', { username: 'nobody' }],
      ['nobody', {}],
      ['no person', undefined],
      ['oneself', { username: 'alice' }],
      ['a person named in two ways', { username: 'bob', issuer: IDP, subject: 'x' }],
      ['a subject without an issuer', { subject: 'x' }],
      ['a subject of 256 characters', { issuer: IDP, subject: 's'.repeat(256) }],
      ['an unencrypted issuer', { issuer: 'http://idp.test', subject: 'x' }],
      ['an e-mail address', { email: 'bob@example.org' }],
    ])('refuse %s', async (_who, person) => {
      expect(await block(person)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await blocks()).toEqual([]);
    });

    it('are one for a person, also when it is made twice at the same moment', async () => {
      const answers = await Promise.all([block({ username: 'bob' }), block({ username: 'bob' })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect(await blocks()).toHaveLength(1);
    });

    it('end every token of the person at once, and let them have none, whatever is shared (GRANT-6.1)', async () => {
      await shareWithBob();
      const bobs = await ask();
      await world.share(resource, ['heart-rate:read'], { grantee: { username: 'carol' } });
      const others = await ask('carol');
      const made = await block({ username: 'bob' });
      expect([await isActive(bobs), await isActive(others)]).toEqual([false, true]);
      expect((await ask()).body['error']).toBe('request_denied');
      expect((await lift(String(made.body['id']))).status).toBe(204);
      expect(await isActive(bobs)).toBe(false);
      expect((await ask()).status).toBe(200);
      expect((await lift(String(made.body['id']))).status).toBe(404);
    });

    it('refuse what the person waits for, and let them ask for nothing', async () => {
      await change({ acceptsRequests: true });
      const waiting = await ask();
      const status = async (): Promise<unknown> => {
        const requests = Object.values((await world.call('GET', '/api/access-requests', { token })).body);
        return (requests as { resourceId: string; status: string }[]).find((one) => one.resourceId === resource)
          ?.status;
      };
      expect(await status()).toBe('pending');
      await block({ username: 'bob' });
      expect(await status()).toBe('refused');
      expect((await world.redeem(String(waiting.body['ticket']))).body['error']).toBe('request_denied');
      expect((await ask()).body['error']).toBe('request_denied');
    });
  });

  it.each([
    ['blocks the person', () => block({ username: 'bob' }), 201],
    ['pauses all sharing', () => change({ paused: true }), 200],
  ] as const)('issues nothing that outlives the moment when the owner %s', async (_what, decide, status) => {
    const person = claim(await world.idToken());
    for (let round = 0; round < 15; round++) {
      resource = await world.register();
      await shareWithBob();
      const ticket = await world.ticketFor(resource, 'heart-rate:read');
      const redeeming = world.redeem(ticket, person);
      // Once there is a token for sure: where none is ever issued, nothing is proven.
      if (round === 0) expect((await redeeming).status).toBe(200);
      const [redeemed, decided] = await Promise.all([redeeming, decide()]);
      expect(decided.status).toBe(status);
      expect([200, 403]).toContain(redeemed.status);
      expect(await isActive(redeemed)).toBe(false);
      await change({ paused: false });
      for (const { id } of await blocks()) await lift(id);
    }
  });

  it('waits in no circle with tickets for several resources, whichever they name first', async () => {
    const person = claim(await world.idToken());
    const ids = [resource];
    while (ids.length < 12) ids.push(await world.register());
    for (resource of ids) await shareWithBob();
    const permissions = (order: readonly string[]) =>
      order.map((resource_id) => ({ resource_id, resource_scopes: ['heart-rate:read'] }));
    for (let round = 0; round < 10; round++) {
      const tickets = [await world.ticket(permissions(ids)), await world.ticket(permissions(ids.toReversed()))];
      const redeeming = tickets.map((ticket) => world.redeem(ticket, person));
      if (round === 0) expect((await Promise.all(redeeming)).map(({ status }) => status)).toEqual([200, 200]);
      const [paused, ...answers] = await Promise.all([change({ paused: true }), ...redeeming]);
      expect(paused.status).toBe(200);
      for (const { status } of answers) expect([200, 403]).toContain(status);
      await change({ paused: false });
    }
  });

  it('lets in nobody but the owner', async () => {
    for (const [method, path, json] of [
      ['GET', SETTINGS, undefined],
      ['PATCH', SETTINGS, { paused: true }],
      ['GET', BLOCKS, undefined],
      ['POST', BLOCKS, { person: { username: 'bob' } }],
      ['DELETE', `${BLOCKS}/x`, undefined],
    ] as const) {
      const call = json === undefined ? {} : { json };
      expect(await world.call(method, path, call)).toMatchObject({ status: 401, body: { error: 'login_required' } });
      expect(await world.call(method, path, { ...call, token: world.patA1 })).toMatchObject({ status: 403 });
      const browser = world.browserOf('alice');
      await browser.get(`${world.issuer}/account`);
      const headers = { cookie: browser.cookies.header(new URL(world.issuer)) ?? '' };
      const bySession = await world.call(method, path, { ...call, headers });
      expect(bySession.status).toBe(method === 'GET' ? 200 : 403);
    }
    expect(await settings()).toEqual({ acceptsRequests: false, paused: false });
    expect(await blocks()).toEqual([]);
  });
});
