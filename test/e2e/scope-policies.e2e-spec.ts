import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, claim, R1, UmaWorld } from '../support/uma-world.js';

const POLICIES = '/api/scope-policies';
const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';
const ALL = 'permit (principal, action, resource);';
const when = (condition: string): string => `permit (principal, action, resource)\nwhen { ${condition} };`;

describeOnEachDatabase("the administrators' API of scope policies", (open) => {
  let world: UmaWorld;
  let token: string;
  let r1: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect, undefined, { administrators: ['Carol'] });
    token = await world.accessToken(world.rs1, 'carol', 'openid administration');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    r1 = await world.register();
    await world.share(r1, [READ, DOWNLOAD]);
  });
  afterEach(async () => {
    for (const { id } of await policies()) await world.call('DELETE', `${POLICIES}/${id}`, { token });
  });

  const create = (json: unknown, as = token): Promise<Answer> => world.call('POST', POLICIES, { token: as, json });
  const aPolicy = (more: Readonly<Record<string, unknown>> = {}) => ({
    name: 'Rule',
    scopes: [READ],
    cedar: ALL,
    ...more,
  });
  const make = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const { status, body } = await create(aPolicy(more));
    expect(status).toBe(201);
    return String(body['id']);
  };
  const replace = (id: string, json: unknown) => world.call('PUT', `${POLICIES}/${id}`, { token, json });

  async function policies(): Promise<{ id: string; name: string }[]> {
    const { body } = await world.call('GET', POLICIES, { token });
    return body as unknown as { id: string; name: string }[];
  }
  async function rptFor(scope: string): Promise<string> {
    return String((await world.redeemAs('bob', await world.ticketFor(r1, scope))).body['access_token']);
  }
  const isActive = async (rpt: string) => (await world.introspect(rpt)).body['active'];
  const explain = async (scopes: readonly string[], more: Readonly<Record<string, unknown>> = {}) => {
    const owner = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    const json = { resourceId: r1, scopes, person: { username: 'bob' }, clientId: world.c1.id, ...more };
    return world.call('POST', '/api/explanations', { token: owner, json });
  };

  it('lets in administrators alone, by a token of theirs for that very purpose', async () => {
    const sharing = await world.accessToken(world.rs1, 'carol', 'openid sharing');
    const bobs = await world.accessToken(world.rs1, 'bob', 'openid administration');
    expect(await world.call('GET', POLICIES)).toMatchObject({ status: 401, body: { error: 'login_required' } });
    expect(await create(aPolicy(), 'unknown')).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await create(aPolicy(), sharing)).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(await create(aPolicy(), bobs)).toMatchObject({ status: 403, body: { error: 'access_denied' } });
    expect(await policies()).toEqual([]);
  });

  it('lets in administrators by their session, with its CSRF token where something changes', async () => {
    const browser = world.browserOf('carol');
    const page = await browser.get(`${world.issuer}/admin/scope-policies/new`);
    const csrf = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const headers = { cookie: browser.cookies.header(new URL(world.issuer)) ?? '' };
    expect((await world.call('GET', POLICIES, { headers })).status).toBe(200);
    const forged = await world.call('POST', POLICIES, { headers, json: aPolicy() });
    expect(forged).toMatchObject({ status: 403, body: { error: 'access_denied' } });
    const sent = await world.call('POST', POLICIES, { headers: { ...headers, 'x-csrf-token': csrf }, json: aPolicy() });
    expect(sent.status).toBe(201);
  });

  it('makes, shows, changes and deletes a policy', async () => {
    const made = await create(aPolicy({ name: ' Treatment ', cedar: `${ALL}\r\n` }));
    const now = new Date(world.server.clock.nowMs()).toISOString();
    const policy = { id: expect.any(String) as string, scopes: [READ], createdAt: now };
    expect(made).toMatchObject({
      status: 201,
      body: { ...policy, name: 'Treatment', cedar: `${ALL}\n`, changedAt: now },
    });
    const id = String(made.body['id']);
    expect(made.headers['location']).toBe(`${world.issuer}${POLICIES}/${id}`);
    expect(await world.call('GET', `${POLICIES}/${id}`, { token })).toMatchObject({ status: 200, body: made.body });
    world.wait(60);
    const changed = await replace(id, aPolicy({ name: 'Other', scopes: [DOWNLOAD] }));
    const later = new Date(world.server.clock.nowMs()).toISOString();
    expect(changed).toMatchObject({ status: 200, body: { name: 'Other', createdAt: now, changedAt: later } });
    expect((await world.call('GET', POLICIES, { token })).body).toEqual([changed.body]);
    expect((await world.call('DELETE', `${POLICIES}/${id}`, { token })).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await world.call(method, `${POLICIES}/${id}`, { token })).status).toBe(404);
    }
    expect((await replace(id, aPolicy())).status).toBe(404);
  });

  it('GL-11 says what is wrong with a text, and where', async () => {
    const { status, body } = await create(aPolicy({ cedar: when('principal.age > 18') }));
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: 'invalid_request',
      faults: [{ line: 2, column: 8, message: expect.stringContaining('attribute `age`') as string }],
    });
    const id = await make();
    expect((await replace(id, aPolicy({ cedar: 'permit' }))).status).toBe(400);
    expect((await world.call('GET', `${POLICIES}/${id}`, { token })).body).toMatchObject({ cedar: ALL });
  });

  it.each<[string, unknown]>([
    ['without a name', aPolicy({ name: ' ' })],
    ['without scopes', aPolicy({ scopes: [] })],
    ['with a scope that is none', aPolicy({ scopes: ['two words'] })],
    ['with a scope named twice', aPolicy({ scopes: [READ, READ] })],
    ['without a text', { name: 'Rule', scopes: [READ] }],
    ['with a text of 20,001 characters', aPolicy({ cedar: ALL.padEnd(20_001) })],
    ['with an unknown member', aPolicy({ combine: 'any' })],
  ])('refuses a policy %s', async (_what, json) => {
    expect(await create(json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await policies()).toEqual([]);
  });

  it('calls no two policies the same', async () => {
    const id = await make({ name: 'One' });
    const other = await make({ name: 'Other' });
    expect(await create(aPolicy({ name: 'One' }))).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(await replace(other, aPolicy({ name: 'One' }))).toMatchObject({ status: 409 });
    expect((await replace(id, aPolicy({ name: 'One' }))).status).toBe(200);
  });

  it('SEC-13: what was permitted by the type of a resource ends with that type', async () => {
    await make({ cedar: when('resource has type && resource.type == "urn:test:open"') });
    const change = (type: string) =>
      world.call('PUT', `/uma/resources/${r1}`, { token: world.patA1, json: { ...R1, type } });
    await change('urn:test:open');
    const rpt = await rptFor(READ);
    expect((await world.introspect(rpt)).body['permissions']).toHaveLength(1);
    await change('urn:test:closed');
    expect((await world.introspect(rpt)).body['permissions']).toEqual([]);
    expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).body['error']).toBe('request_denied');
  });

  it('GL-12 gives a scope with a policy only when the policy permits', async () => {
    await make({ cedar: when('principal.hasTag("email") && principal.getTag("email").contains("dora@example.org")') });
    const refused = await world.redeemAs('bob', await world.ticketFor(r1, READ));
    expect(refused).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    expect((await world.redeemAs('bob', await world.ticketFor(r1, DOWNLOAD))).status).toBe(200);
  });

  it('GL-13 gives a scope with several policies only when all of them permit', async () => {
    await make({ name: 'One', cedar: when(`context.client == "${world.c1.id}"`) });
    const second = await make({ name: 'Two', cedar: when('resource.owner == "nobody"') });
    expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(403);
    await replace(second, aPolicy({ name: 'Two', cedar: when('resource.owner != "nobody"') }));
    expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(200);
  });

  it('gives nothing that is not shared, whatever the policies permit', async () => {
    await make();
    expect((await world.redeemAs('carol', await world.ticketFor(r1, READ))).status).toBe(403);
  });

  it('ends the tokens with its scopes when it is made, and no others (GRANT-6.1)', async () => {
    const [read, download] = [await rptFor(READ), await rptFor(DOWNLOAD)];
    await make({ cedar: when('context.client == "other"') });
    expect([await isActive(read), await isActive(download)]).toEqual([false, true]);
  });

  it('ends tokens when it changes so that it may restrict more (GRANT-6.1)', async () => {
    const id = await make();
    const [read, download] = [await rptFor(READ), await rptFor(DOWNLOAD)];
    await replace(id, aPolicy({ name: 'Another name' }));
    expect([await isActive(read), await isActive(download)]).toEqual([true, true]);
    await replace(id, aPolicy({ scopes: [READ, DOWNLOAD] }));
    expect([await isActive(read), await isActive(download)]).toEqual([true, false]);
    const again = await rptFor(DOWNLOAD);
    await replace(id, aPolicy({ scopes: [READ], cedar: when('context.client != "other"') }));
    expect([await isActive(read), await isActive(again)]).toEqual([false, true]);
    const last = await rptFor(READ);
    await world.call('DELETE', `${POLICIES}/${id}`, { token });
    expect(await isActive(last)).toBe(true);
  });

  it('lets no token through that is being issued while a policy is made', async () => {
    const tickets = await Promise.all(Array.from({ length: 8 }, () => world.ticketFor(r1, READ)));
    const idToken = await world.idToken(world.c1, 'bob');
    const redeeming = tickets.map((ticket) => world.redeem(ticket, claim(idToken)));
    const [made, ...answers] = await Promise.all([
      create(aPolicy({ cedar: when('context.client == "x"') })),
      ...redeeming,
    ]);
    expect(made.status).toBe(201);
    const issued = answers.flatMap(({ body: { access_token: rpt } }) => (typeof rpt === 'string' ? [rpt] : []));
    expect(await Promise.all(issued.map(isActive))).toEqual(issued.map(() => false));
  });

  describe('and the explanations', () => {
    it('tell the owner which rule decides', async () => {
      const id = await make({
        name: 'Downloads',
        scopes: [DOWNLOAD],
        cedar: when('context.purposes.contains("TREAT")'),
      });
      const { status, body } = await explain([READ, DOWNLOAD, 'heart-rate:write']);
      expect(status).toBe(200);
      expect(body).toEqual({
        decisions: [
          {
            scope: READ,
            decision: true,
            outcome: 'permit',
            rule: { kind: 'share', id: expect.any(String) as string },
          },
          { scope: DOWNLOAD, decision: false, outcome: 'deny', rule: { kind: 'scope-policy', id, name: 'Downloads' } },
          { scope: 'heart-rate:write', decision: false, outcome: 'deny', rule: { kind: 'no-share' } },
        ],
      });
      expect((await explain([DOWNLOAD], { purpose: 'TREAT' })).body).toMatchObject({ decisions: [{ decision: true }] });
    });

    it('suppose a time, and claims', async () => {
      const isNurse = 'principal.hasTag("role") && principal.getTag("role").contains("nurse")';
      await make({ cedar: when(`context.time < datetime("2030-01-01") || (${isNurse})`) });
      const isGiven = async (more: Readonly<Record<string, unknown>>) =>
        (await explain([READ], more)).body['decisions'] as { decision: boolean }[];
      const at = '2030-01-01T00:00:00Z';
      const role = { name: 'role', value: 'nurse' };
      expect(await isGiven({ at: '2029-12-31T23:59:59Z' })).toMatchObject([{ decision: true }]);
      expect(await isGiven({ at })).toMatchObject([{ decision: false }]);
      expect(await isGiven({ at, claims: [role] })).toMatchObject([{ decision: true }]);
      expect(await isGiven({ at, claims: [{ ...role, issuer: 'https://idp.test' }] })).toMatchObject([
        { decision: false },
      ]);
      await make({
        name: 'By address',
        cedar: when('principal.hasTag("email") && principal.getTag("email").contains("bob@example.org")'),
      });
      const email = { name: 'email', value: 'bob@example.org' };
      expect(await isGiven({ at, claims: [role, email] })).toMatchObject([{ decision: true }]);
    });

    it('confirm no address to owners that they only guess, but count what is known to administrators', async () => {
      const byAddress = await world.register();
      await world.shareWith({ kind: 'email', email: 'bob@example.org' }, byAddress);
      const json = { resourceId: byAddress, scopes: [READ], person: { username: 'bob' } };
      const guessed = await explain([READ], { resourceId: byAddress });
      expect(guessed.body).toMatchObject({ decisions: [{ decision: false, outcome: 'need-claims' }] });
      const known = await world.call('POST', '/api/simulations', { token, json });
      expect(known.body).toMatchObject({ decisions: [{ decision: true }] });
    });

    it('tell about somebody of whom only claims are known, or nothing, or who is known elsewhere', async () => {
      const nurse = { name: 'role', value: 'nurse', issuer: world.issuer };
      await world.share(r1, ['heart-rate:write'], { grantee: { username: 'carol' } });
      const byClaims = await explain([READ], { person: undefined, claims: [nurse] });
      expect(byClaims.body).toMatchObject({ decisions: [{ outcome: 'deny', rule: { kind: 'no-share' } }] });
      const byNothing = await explain([READ], { person: undefined });
      expect(byNothing.body).toMatchObject({
        decisions: [{ outcome: 'need-claims', rule: { kind: 'unknown-requesting-party' } }],
      });
      const elsewhere = await explain([READ], { person: { issuer: 'https://idp.test', subject: 'bob' } });
      expect(elsewhere.body).toMatchObject({ decisions: [{ outcome: 'deny' }] });
    });

    it.each<[string, Readonly<Record<string, unknown>>, number]>([
      ['a person who is not here', { person: { username: 'nobody' } }, 400],
      ['a person named in two ways', { person: { username: 'bob', subject: 'x' } }, 400],
      ['a person named in part', { person: { subject: 'x' } }, 400],
      ['nobody', { person: {} }, 400],
      ['a claim without a value', { claims: [{ name: 'role' }] }, 400],
      ['a claim that is a list', { claims: [{ name: 'role', value: ['nurse'] }] }, 400],
      ['no scope', { scopes: [] }, 400],
      ['a scope that the resource does not have', { scopes: ['other'] }, 400],
      ['a time without a zone', { at: '2026-01-01T00:00:00' }, 400],
      ['an unknown member', { until: 'now' }, 400],
      ['an unknown resource', { resourceId: 'unknown' }, 404],
    ])('do not take %s', async (_what, change, status) => {
      expect((await explain([READ], change)).status).toBe(status);
    });

    it('show nothing of what is not the owner’s, but everything to administrators', async () => {
      const resourceId = await world.register(R1, world.patC1);
      expect(await explain([READ], { resourceId })).toMatchObject({ status: 404, body: { error: 'not_found' } });
      const json = { resourceId: r1, scopes: [READ], person: { username: 'bob' } };
      const simulated = await world.call('POST', '/api/simulations', { token, json });
      expect(simulated).toMatchObject({
        status: 200,
        body: { decisions: [{ decision: true, rule: { kind: 'share' } }] },
      });
      const owner = await world.accessToken(world.rs1, 'alice', 'openid administration');
      expect((await world.call('POST', '/api/simulations', { token: owner, json })).status).toBe(403);
    });

    it('issue nothing and change nothing', async () => {
      const rpt = await rptFor(READ);
      await explain([READ, DOWNLOAD]);
      expect(await isActive(rpt)).toBe(true);
      expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(200);
    });
  });
});
