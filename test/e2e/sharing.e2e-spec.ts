import { randomBytes } from 'node:crypto';

import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database } from '../../src/database/database.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, R1, type Call, claim, UmaWorld } from '../support/uma-world.js';

const SHARES = '/api/shares';
const IDP = 'https://idp.test';

/** Characters that no index can compress. */
const noise = (length: number): string => randomBytes(length).toString('base64url').slice(0, length);

describeOnEachDatabase("the owner's API of shares", (open) => {
  let world: UmaWorld;
  let token: string;
  let bob: string;
  let r1: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    bob = await subjectOf('bob');
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });
  beforeEach(async () => {
    r1 = await world.register();
  });

  async function subjectOf(username: string): Promise<string> {
    const [, payload = ''] = (await world.idToken(world.c1, username)).split('.');
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
  }

  const aShare = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
    resourceId: r1,
    scopes: ['heart-rate:read'],
    grantee: { username: 'bob' },
    ...more,
  });
  const create = (json: unknown): Promise<Answer> => world.call('POST', SHARES, { token, json });
  const at = (seconds: number): string => new Date(world.server.clock.nowMs() + seconds * 1000).toISOString();

  async function rptFor(...scopes: string[]): Promise<string> {
    return String((await world.redeemAs('bob', await world.ticketFor(r1, ...scopes))).body['access_token']);
  }

  it('makes a share, says where it is, and shows it', async () => {
    const [startsAt, expiresAt] = [at(10), at(1_000)];
    const created = await create(aShare({ startsAt, expiresAt }));
    expect(created.status).toBe(201);
    expect(created.headers['cache-control']).toContain('no-store');
    const share = {
      id: expect.any(String) as string,
      resourceId: r1,
      scopes: ['heart-rate:read'],
      grantee: { issuer: world.issuer, subject: bob },
      clients: null,
      purposes: null,
      paused: false,
      startsAt,
      expiresAt,
      createdAt: at(0),
    };
    expect(created.body).toEqual(share);
    expect(created.headers['location']).toBe(`${world.issuer}${SHARES}/${String(created.body['id'])}`);
    const read = await world.call('GET', String(created.headers['location']), { token });
    expect(read).toMatchObject({ status: 200, body: created.body });
    const list = await world.call('GET', SHARES, { token });
    expect(list.body).toEqual(expect.arrayContaining([created.body]));
  });

  it('takes a person by issuer and subject, here or elsewhere', async () => {
    const here = await create(aShare({ grantee: { issuer: world.issuer, subject: bob } }));
    const elsewhere = await create(aShare({ grantee: { issuer: IDP, subject: bob } }));
    expect([here.status, elsewhere.status]).toEqual([201, 201]);
    expect(elsewhere.body).toMatchObject({
      grantee: { issuer: IDP, subject: bob },
      startsAt: null,
      expiresAt: null,
    });
  });

  it('takes the last instant of the year 9999, the last that RFC 3339 can write', async () => {
    const expiresAt = '9999-12-31T23:59:59.999Z';
    expect(await create(aShare({ expiresAt }))).toMatchObject({ status: 201, body: { expiresAt } });
  });

  it('takes the longest names that there may be, on this machine without encryption too', async () => {
    const issuer = `${IDP}/${noise(983)}`;
    const longest = await create(aShare({ grantee: { issuer, subject: noise(255) } }));
    expect(longest.status).toBe(201);
    const local = await create(aShare({ grantee: { issuer: 'http://127.0.0.1:9', subject: 'a user|of@this' } }));
    expect(local.status).toBe(201);
  });

  it.each<[string, Readonly<Record<string, unknown>>, number, string]>([
    ['a scope that the resource does not have', { scopes: ['heart-rate:stream'] }, 400, 'invalid_scope'],
    ['no scope', { scopes: [] }, 400, 'invalid_request'],
    ['scopes that are no list', { scopes: 'heart-rate:read' }, 400, 'invalid_request'],
    ['a person who is not here', { grantee: { username: 'nobody' } }, 400, 'invalid_request'],
    ['nobody', { grantee: {} }, 400, 'invalid_request'],
    ['a subject without an issuer', { grantee: { subject: 'x' } }, 400, 'invalid_request'],
    ['a person named in two ways', { grantee: { username: 'bob', subject: 'x' } }, 400, 'invalid_request'],
    ['no grantee', { grantee: undefined }, 400, 'invalid_request'],
    ['a subject of 256 characters', { grantee: { issuer: IDP, subject: 's'.repeat(256) } }, 400, 'invalid_request'],
    ['a subject of 8 kB', { grantee: { issuer: IDP, subject: noise(8_000) } }, 400, 'invalid_request'],
    ['a subject beyond ASCII', { grantee: { issuer: IDP, subject: 'Zoë' } }, 400, 'invalid_request'],
    ['a subject with a null character', { grantee: { issuer: IDP, subject: 'a\0b' } }, 400, 'invalid_request'],
    ['a user name of 256 characters', { grantee: { username: 'b'.repeat(256) } }, 400, 'invalid_request'],
    [
      'an issuer of 1001 characters',
      { grantee: { issuer: `${IDP}/${'i'.repeat(984)}`, subject: 'dora' } },
      400,
      'invalid_request',
    ],
    ['an issuer beyond ASCII', { grantee: { issuer: `${IDP}/ë`, subject: 'dora' } }, 400, 'invalid_request'],
    ['an issuer that is no URL', { grantee: { issuer: 'dora', subject: 'dora' } }, 400, 'invalid_request'],
    ['an unencrypted issuer', { grantee: { issuer: 'http://idp.test', subject: 'dora' } }, 400, 'invalid_request'],
    ['oneself', { grantee: { username: 'alice' } }, 400, 'invalid_request'],
    ['an end that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, 400, 'invalid_request'],
    [
      'an end before the beginning',
      { startsAt: '2999-01-02T00:00:00Z', expiresAt: '2999-01-01T00:00:00Z' },
      400,
      'invalid_request',
    ],
    ['a time without a zone', { expiresAt: '2999-01-01T00:00:00' }, 400, 'invalid_request'],
    ['a time that there is not', { expiresAt: '2999-12-31T23:59:60Z' }, 400, 'invalid_request'],
    ['an end after the year 9999', { expiresAt: '9999-12-31T23:59:59-00:01' }, 400, 'invalid_request'],
    ['a beginning after the year 9999', { startsAt: '9999-12-31T23:59:59-00:01' }, 400, 'invalid_request'],
    ['a beginning before the year 0', { startsAt: '0000-01-01T00:00:00+00:01' }, 400, 'invalid_request'],
    ['an unknown member', { until: 'tomorrow' }, 400, 'invalid_request'],
    [
      'a person and an e-mail address',
      { grantee: { username: 'bob', email: 'bob@example.org' } },
      400,
      'invalid_request',
    ],
    [
      'an e-mail address and claims',
      { grantee: { email: 'bob@example.org', claims: [{ name: 'a', value: 1, issuer: IDP }] } },
      400,
      'invalid_request',
    ],
    ['an e-mail address that is null', { grantee: { username: 'bob', email: null } }, 400, 'invalid_request'],
    ['an unknown resource', { resourceId: 'unknown' }, 404, 'not_found'],
  ])('refuses to share with %s', async (_what, change, status, error) => {
    expect(await create(aShare(change))).toMatchObject({ status, body: { error } });
    const { body } = await world.call('GET', SHARES, { token });
    expect(body).not.toContainEqual(expect.objectContaining({ resourceId: r1 }));
  });

  it('refuses to share by what this server cannot say of anybody, and by what it says takes it', async () => {
    const byClaim = (name: string) => aShare({ grantee: { claims: [{ name, value: 'x', issuer: world.issuer }] } });
    expect(await create(byClaim('zodiac'))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    for (const name of ['sub', 'name', 'email', 'acr', 'purpose_of_use']) {
      expect((await create(byClaim(name))).status).toBe(201);
    }
  });

  it("refuses to share somebody else's resource, as if there were none", async () => {
    const carols = await world.register(R1, world.patC1);
    expect(await create(aShare({ resourceId: carols }))).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  it('has one share of a resource with a person, until that is over', async () => {
    const first = await create(aShare({ expiresAt: at(60) }));
    expect(await create(aShare())).toMatchObject({ status: 409, body: { error: 'conflict' } });
    world.wait(60);
    expect((await create(aShare())).status).toBe(201);
    const gone = await world.call('GET', `${SHARES}/${String(first.body['id'])}`, { token });
    expect(gone.status).toBe(404);
  });

  it('keeps a share from everyone else, as if it did not exist', async () => {
    const path = `${SHARES}/${await world.share(r1, ['heart-rate:read'])}`;
    const other = await world.accessToken(world.rs1, 'carol', 'openid sharing');
    const calls = [
      ['GET', {}],
      ['PATCH', { json: { scopes: ['heart-rate:write'] } }],
      ['DELETE', {}],
    ] as const;
    for (const [method, call] of calls) {
      expect(await world.call(method, path, { ...call, token: other })).toMatchObject({
        status: 404,
        body: { error: 'not_found' },
      });
    }
    expect((await world.call('GET', SHARES, { token: other })).body).toEqual([]);
    expect((await world.call('GET', path, { token })).body['scopes']).toEqual(['heart-rate:read']);
  });

  it('withdraws a share and, at once, the tokens that rested on it (GRANT-6.1, SEC-13)', async () => {
    const id = await world.share(r1, ['heart-rate:read']);
    const rpt = await rptFor('heart-rate:read');
    const pending = await world.ticketFor(r1, 'heart-rate:read');
    expect((await world.introspect(rpt)).body['active']).toBe(true);
    expect((await world.call('DELETE', `${SHARES}/${id}`, { token })).status).toBe(204);
    expect((await world.introspect(rpt)).body).toEqual({ active: false });
    expect(await world.redeemAs('bob', pending)).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    expect((await world.call('DELETE', `${SHARES}/${id}`, { token })).status).toBe(404);
  });

  it('leaves tokens alone that rest on other shares', async () => {
    const id = await world.share(r1, ['heart-rate:read'], { grantee: { username: 'carol' } });
    await world.share(r1, ['heart-rate:read']);
    const rpt = await rptFor('heart-rate:read');
    await world.call('DELETE', `${SHARES}/${id}`, { token });
    expect((await world.introspect(rpt)).body['active']).toBe(true);
  });

  it('changes a share: what rested on it ends, what is asked for next goes by the new terms (GRANT-6.1)', async () => {
    const id = await world.share(r1, ['heart-rate:read', 'heart-rate:write'], { expiresAt: at(500) });
    const rpt = await rptFor('heart-rate:write');
    const json = { scopes: ['heart-rate:read'], expiresAt: null };
    const changed = await world.call('PATCH', `${SHARES}/${id}`, { token, json });
    expect(changed).toMatchObject({ status: 200, body: { id, scopes: ['heart-rate:read'], expiresAt: null } });
    expect((await world.introspect(rpt)).body).toEqual({ active: false });
    expect((await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:write'))).status).toBe(403);
    expect((await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'))).status).toBe(200);
  });

  it('leaves what a change does not name as it was', async () => {
    const [startsAt, expiresAt] = [at(-10), at(500)];
    const id = await world.share(r1, ['heart-rate:read'], { startsAt, expiresAt });
    const later = at(900);
    const changed = await world.call('PATCH', `${SHARES}/${id}`, { token, json: { expiresAt: later } });
    expect(changed.body).toMatchObject({ scopes: ['heart-rate:read'], startsAt, expiresAt: later });
    const again = await world.call('PATCH', `${SHARES}/${id}`, { token, json: { startsAt: null } });
    expect(again.body).toMatchObject({ scopes: ['heart-rate:read'], startsAt: null, expiresAt: later });
  });

  it('lets a share end earlier that has a scope which is not registered any more', async () => {
    const id = await world.share(r1, ['heart-rate:read', 'heart-rate:write']);
    const description = JSON.stringify({ resource_scopes: ['heart-rate:read'] });
    const { kysely } = world.server.app.get<Database<UmaTables>>(Database, { strict: false });
    // As a server left it that did not take the scope out of shares.
    await kysely.updateTable('uma_resource').set({ description }).where('id', '=', r1).execute();
    const change = (json: unknown) => world.call('PATCH', `${SHARES}/${id}`, { token, json });
    expect(await change({ expiresAt: at(60) })).toMatchObject({ status: 200, body: { expiresAt: at(60) } });
    const named = await change({ scopes: ['heart-rate:read', 'heart-rate:write'] });
    expect(named).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('loses none of two changes that come at the same moment', async () => {
    const person = claim(await world.idToken());
    const id = await world.share(r1, ['heart-rate:read', 'heart-rate:write']);
    const change = (json: unknown) => world.call('PATCH', `${SHARES}/${id}`, { token, json });
    for (let round = 0; round < 20; round++) {
      await change({ scopes: ['heart-rate:read', 'heart-rate:write'], expiresAt: null });
      const expiresAt = at(1_000 + round);
      const answers = await Promise.all([change({ scopes: ['heart-rate:read'] }), change({ expiresAt })]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const { body } = await world.call('GET', `${SHARES}/${id}`, { token });
      expect(body).toMatchObject({ scopes: ['heart-rate:read'], expiresAt });
      const withdrawn = await world.redeem(await world.ticketFor(r1, 'heart-rate:write'), person);
      expect(withdrawn).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    }
  });

  it.each([
    [{ scopes: [] }, 'invalid_request'],
    [{ scopes: null }, 'invalid_request'],
    [{ scopes: ['heart-rate:stream'] }, 'invalid_scope'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'invalid_request'],
    [{ expiresAt: '9999-12-31T23:59:59-00:01' }, 'invalid_request'],
    [{ grantee: { username: 'carol' } }, 'invalid_request'],
  ])('refuses the change %j', async (json, error) => {
    const id = await world.share(r1, ['heart-rate:read']);
    const answer = await world.call('PATCH', `${SHARES}/${id}`, { token, json });
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  const deregister = (): Promise<Answer> => world.call('DELETE', `/uma/resources/${r1}`, { token: world.patA1 });

  /** Describes the resource anew. */
  const register = (...resource_scopes: string[]): Promise<Answer> =>
    world.call('PUT', `/uma/resources/${r1}`, { token: world.patA1, json: { resource_scopes } });

  it('loses a scope that is deregistered, for good, and ends with its last one (GRANT-6.1)', async () => {
    const bobs = await world.share(r1, ['heart-rate:read', 'heart-rate:write']);
    const carols = await world.share(r1, ['heart-rate:read'], { grantee: { username: 'carol' } });
    const other = await world.share(await world.register(), ['heart-rate:read']);
    await register('heart-rate:write');
    await register('heart-rate:read', 'heart-rate:write');
    const scopesOf = async (id: string) => (await world.call('GET', `${SHARES}/${id}`, { token })).body['scopes'];
    expect([await scopesOf(bobs), await scopesOf(carols), await scopesOf(other)]).toEqual([
      ['heart-rate:write'],
      undefined,
      ['heart-rate:read'],
    ]);
    const answer = await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'));
    expect(answer).toMatchObject({ status: 403, body: { error: 'request_denied' } });
  });

  it('keeps nothing of a scope that is deregistered just when a token is issued or a share is made', async () => {
    const person = claim(await world.idToken());
    const carol = { grantee: { username: 'carol' } };
    for (let round = 0; round < 20; round++) {
      r1 = await world.register();
      await create(aShare({ scopes: ['heart-rate:read', 'heart-rate:write'] }));
      const ticket = await world.ticketFor(r1, 'heart-rate:read', 'heart-rate:write');
      const [redeemed, shared, replaced] = await Promise.all([
        world.redeem(ticket, person),
        create(aShare(carol)),
        register('heart-rate:write'),
      ]);
      expect(replaced.status).toBe(200);
      expect([200, 400]).toContain(redeemed.status);
      expect([201, 400]).toContain(shared.status);
      await register('heart-rate:read', 'heart-rate:write');
      const { body } = await world.introspect(String(redeemed.body['access_token']));
      expect(JSON.stringify(body)).not.toContain('heart-rate:read');
      const shares = Object.values((await world.call('GET', SHARES, { token })).body);
      expect(shares.filter((share) => (share as { resourceId: string }).resourceId === r1)).toMatchObject([
        { scopes: ['heart-rate:write'] },
      ]);
    }
  });

  it('keeps nothing of a resource that is deregistered just when a token is issued', async () => {
    const person = claim(await world.idToken());
    for (let round = 0; round < 20; round++) {
      r1 = await world.register();
      await create(aShare());
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const [redeemed, removed] = await Promise.all([world.redeem(ticket, person), deregister()]);
      expect(removed.status).toBe(204);
      expect([200, 400]).toContain(redeemed.status);
      const { body } = await world.introspect(String(redeemed.body['access_token']));
      expect(body['permissions'] ?? []).toEqual([]);
    }
  });

  it('keeps nothing of a resource that is deregistered just when it is shared', async () => {
    const people = ['bob', 'carol'].map((username) => ({ grantee: { username } }));
    for (let round = 0; round < 20; round++) {
      r1 = await world.register();
      const sharing = people.map((person) => create(aShare(person)));
      expect((await deregister()).status).toBe(204);
      for (const { status } of await Promise.all(sharing)) expect([201, 404]).toContain(status);
      const { body } = await world.call('GET', SHARES, { token });
      expect(body).not.toContainEqual(expect.objectContaining({ resourceId: r1 }));
    }
  });

  it.each([
    ['withdrawn', 'DELETE', {}],
    ['narrowed', 'PATCH', { json: { scopes: ['heart-rate:write'] } }],
  ] as const)('issues nothing on a share that is %s at the same moment', async (_how, method, call) => {
    const person = claim(await world.idToken());
    for (let round = 0; round < 15; round++) {
      r1 = await world.register();
      const share = `${SHARES}/${String((await create(aShare())).body['id'])}`;
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const [answer] = await Promise.all([world.redeem(ticket, person), world.call(method, share, { ...call, token })]);
      expect([200, 403]).toContain(answer.status);
      expect((await world.introspect(String(answer.body['access_token']))).body).toEqual({ active: false });
    }
  });

  describe('with a verified e-mail address', () => {
    const byEmail = (email: string) => create(aShare({ grantee: { email } }));
    const withEmail = async (username: string): Promise<Record<string, string>> =>
      claim(String((await world.signIn(world.c2, username, 'openid email'))['id_token']));
    const redeem = (ticket: unknown, person: Record<string, string>) => world.redeem(String(ticket), person, world.c2);

    it('shows the address in lower case, and shares with whoever has it, once they tell', async () => {
      const made = await byEmail('Bob@Example.org');
      expect(made).toMatchObject({ status: 201, body: { grantee: { email: 'bob@example.org' } } });
      const asked = await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'), {}, world.c2);
      expect(asked).toMatchObject({ status: 403, body: { error: 'need_info', required_claims: [{ name: 'email' }] } });
      expect((await redeem(asked.body['ticket'], await withEmail('bob'))).status).toBe(200);
      const others = await redeem(await world.ticketFor(r1, 'heart-rate:read'), await withEmail('carol'));
      expect(others).toMatchObject({ status: 403, body: { error: 'request_denied' } });
    });

    it('is one share however the address is written', async () => {
      await byEmail('bob@example.org');
      expect((await byEmail('BOB@example.org')).status).toBe(409);
    });

    it.each([
      'bob',
      'bob@',
      '@example.org',
      'Bob <bob@example.org>',
      'bob@example',
      'b o b@example.org',
      `${'b'.repeat(243)}@example.org`,
      '',
    ])('refuses “%s”, which is none', async (email) => {
      expect(await byEmail(email)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('is answered by both when the share is withdrawn just while its condition is being met', async () => {
      const [person, email] = [claim(await world.idToken(world.c2)), await withEmail('bob')];
      for (let round = 0; round < 15; round++) {
        r1 = await world.register();
        const share = `${SHARES}/${String((await byEmail('bob@example.org')).body['id'])}`;
        const asked = await redeem(await world.ticketFor(r1, 'heart-rate:read'), person);
        const next = String(asked.body['ticket']);
        const [answer, withdrawn] = await Promise.all([redeem(next, email), world.call('DELETE', share, { token })]);
        expect(withdrawn.status).toBe(204);
        expect([200, 400, 403]).toContain(answer.status);
        expect((await world.introspect(String(answer.body['access_token']))).body).toEqual({ active: false });
      }
    });
  });

  describe('with whoever has some claims', () => {
    const claims = (...list: unknown[]) => create(aShare({ grantee: { claims: list } }));
    const email = (value: string) => ({ name: 'email', value, issuer: world.issuer });

    it('shows them, and shares with whoever has all of them', async () => {
      const wanted = [email('bob@example.org'), { name: 'name', value: 'Bob', issuer: world.issuer }];
      expect(await claims(...wanted)).toMatchObject({ status: 201, body: { grantee: { claims: wanted } } });
      const asked = await world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'));
      expect(asked).toMatchObject({ status: 403, body: { error: 'need_info' } });
      expect(JSON.stringify(asked.body)).not.toContain('bob@example.org');
    });

    it('is one share whatever the order, and room for as many as there may be', async () => {
      const [one, other] = [email('bob@example.org'), { name: 'ward', value: 3, issuer: IDP }];
      expect((await claims(one, other)).status).toBe(201);
      expect((await claims(other, one)).status).toBe(409);
      const longest = Array.from({ length: 10 }, () => ({
        name: noise(255),
        value: noise(255),
        issuer: `${IDP}/${noise(983)}`,
      }));
      expect((await claims(...longest)).status).toBe(201);
    });

    it.each<[string, readonly unknown[]]>([
      ['no claim', []],
      ['a claim that is a text', ['role']],
      ['a claim without an issuer', [{ name: 'role', value: 'nurse' }]],
      ['a claim of an unencrypted issuer', [{ name: 'role', value: 'nurse', issuer: 'http://idp.test' }]],
      ['a claim without a name', [{ name: '', value: 'nurse', issuer: IDP }]],
      ['a claim without a value', [{ name: 'role', issuer: IDP }]],
      ['an empty value', [{ name: 'role', value: '', issuer: IDP }]],
      ['a value that is an object', [{ name: 'role', value: { a: 1 }, issuer: IDP }]],
      ['a value that is null', [{ name: 'role', value: null, issuer: IDP }]],
      ['a value of 256 characters', [{ name: 'role', value: 'v'.repeat(256), issuer: IDP }]],
      ['an unknown member', [{ name: 'role', value: 'nurse', issuer: IDP, more: 1 }]],
      ['11 claims', Array.from({ length: 11 }, (_none, n) => ({ name: `c${n}`, value: n, issuer: IDP }))],
    ])('refuses %s', async (_what, list) => {
      expect(await claims(...list)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });
  });

  describe('of a type', () => {
    const TYPE = 'http://hl7.org/fhir/StructureDefinition/heartrate';
    const ofType = (more: Readonly<Record<string, unknown>> = {}) =>
      create(aShare({ resourceId: undefined, resourceType: TYPE, ...more }));

    it('reaches all of the owner’s resources of the type, those to come too, and no others', async () => {
      const first = await world.register({ ...R1, type: TYPE });
      const made = await ofType();
      expect(made).toMatchObject({ status: 201, body: { resourceType: TYPE } });
      expect(made.body).not.toHaveProperty('resourceId');
      const later = await world.register({ ...R1, type: TYPE });
      const other = await world.register({ ...R1, type: 'http://example.org/steps' });
      const carols = await world.register({ ...R1, type: TYPE }, world.patC1);
      const statusOf = async (id: string, pat = world.patA1) => {
        const permission = { resource_id: id, resource_scopes: ['heart-rate:read'] };
        return (await world.redeemAs('bob', await world.ticket(permission, pat))).status;
      };
      expect([await statusOf(first), await statusOf(later)]).toEqual([200, 200]);
      expect([await statusOf(other), await statusOf(r1), await statusOf(carols, world.patC1)]).toEqual([403, 403, 403]);
      const share = `${SHARES}/${String(made.body['id'])}`;
      expect((await world.call('PATCH', share, { token, json: { paused: true } })).status).toBe(200);
      expect([await statusOf(first), await statusOf(later)]).toEqual([403, 403]);
      expect((await world.call('DELETE', share, { token })).status).toBe(204);
    });

    it('can be changed and withdrawn when nothing of the type is left', async () => {
      const type = 'http://example.org/left';
      const id = await world.register({ ...R1, type });
      const share = `${SHARES}/${String((await ofType({ resourceType: type })).body['id'])}`;
      await world.call('DELETE', `/uma/resources/${id}`, { token: world.patA1 });
      expect((await world.call('PATCH', share, { token, json: { paused: true } })).status).toBe(200);
      expect((await world.call('DELETE', share, { token })).status).toBe(204);
    });

    it.each<[string, Readonly<Record<string, unknown>>, number, string]>([
      ['a type that the owner has nothing of', { resourceType: 'http://example.org/none' }, 404, 'not_found'],
      ['an empty type', { resourceType: '' }, 400, 'invalid_request'],
      ['a type that is null', { resourceType: null }, 400, 'invalid_request'],
      ['a type of 256 characters', { resourceType: 't'.repeat(256) }, 400, 'invalid_request'],
      ['a type and a resource', { resourceId: 'r', resourceType: TYPE }, 400, 'invalid_request'],
      ['neither a type nor a resource', { resourceType: undefined }, 400, 'invalid_request'],
    ])('refuses %s', async (_what, more, status, error) => {
      expect(await ofType(more)).toMatchObject({ status, body: { error } });
    });

    it('has room for the longest type and the longest person', async () => {
      const type = noise(255);
      await world.register({ ...R1, type });
      const grantee = { issuer: `${IDP}/${noise(983)}`, subject: noise(255) };
      expect((await ofType({ resourceType: type, grantee })).status).toBe(201);
    });
  });

  describe('limited', () => {
    const redeem = async (client = world.c1): Promise<Answer> =>
      world.redeemAs('bob', await world.ticketFor(r1, 'heart-rate:read'), {}, client);
    const change = (id: unknown, json: unknown): Promise<Answer> =>
      world.call('PATCH', `${SHARES}/${String(id)}`, { token, json });

    it('to some clients gives nothing to others', async () => {
      const { status, body } = await create(aShare({ clients: [world.c2.id] }));
      expect([status, body['clients']]).toEqual([201, [world.c2.id]]);
      expect([(await redeem()).status, (await redeem(world.c2)).status]).toEqual([403, 200]);
      expect((await change(body['id'], { clients: null })).body['clients']).toBeNull();
      expect((await redeem()).status).toBe(200);
    });

    it('to some purposes asks what they want it for', async () => {
      const { status, body } = await create(aShare({ purposes: ['TREAT', 'HRESCH'] }));
      expect([status, body['purposes']]).toEqual([201, ['TREAT', 'HRESCH']]);
      expect((await redeem()).body).toMatchObject({
        error: 'need_info',
        required_claims: [{ name: 'purpose_of_use' }],
      });
      expect((await change(body['id'], { purposes: null })).body['purposes']).toBeNull();
      expect((await redeem()).status).toBe(200);
    });

    it('ends tokens at once when it is paused, and gives new ones when it goes on (GRANT-6.1)', async () => {
      const { body } = await create(aShare());
      const rpt = await rptFor('heart-rate:read');
      expect((await change(body['id'], { paused: true })).body['paused']).toBe(true);
      expect((await world.introspect(rpt)).body).toEqual({ active: false });
      expect((await redeem()).body['error']).toBe('request_denied');
      expect((await change(body['id'], { paused: false })).body['paused']).toBe(false);
      expect((await world.introspect(rpt)).body).toEqual({ active: false });
      expect((await redeem()).status).toBe(200);
    });

    it('can be made paused', async () => {
      expect(await create(aShare({ paused: true }))).toMatchObject({ status: 201, body: { paused: true } });
      expect((await redeem()).status).toBe(403);
    });

    it.each<[string, unknown]>([
      ['fewer clients', () => ({ clients: [world.c2.id] })],
      ['some purposes only', () => ({ purposes: ['TREAT'] })],
      ['an earlier end', () => ({ expiresAt: at(60) })],
      ['a later beginning', () => ({ startsAt: at(60) })],
    ])('to %s ends tokens that rested on it (GRANT-6.1)', async (_what, json) => {
      const { body } = await create(aShare());
      const rpt = await rptFor('heart-rate:read');
      expect((await change(body['id'], (json as () => unknown)())).status).toBe(200);
      expect((await world.introspect(rpt)).body).toEqual({ active: false });
    });

    it('less leaves tokens that rest on it alone', async () => {
      const limits = { clients: [world.c1.id], expiresAt: at(500), startsAt: at(-10) };
      const { body } = await create(aShare(limits));
      const rpt = await rptFor('heart-rate:read');
      for (const json of [
        { clients: [world.c1.id, world.c2.id] },
        { clients: null },
        { expiresAt: at(900) },
        { startsAt: null },
        { scopes: ['heart-rate:write', 'heart-rate:read'] },
        { paused: false },
      ]) {
        expect((await change(body['id'], json)).status).toBe(200);
        expect((await world.introspect(rpt)).body['active']).toBe(true);
      }
    });

    it.each<[string, Readonly<Record<string, unknown>>]>([
      ['a client that is not registered', { clients: ['nobody'] }],
      ['no client', { clients: [] }],
      ['clients that are no list', { clients: 'c1' }],
      ['21 clients', { clients: Array.from({ length: 21 }, (_none, n) => `c${n}`) }],
      ['a purpose that HL7 does not name', { purposes: ['FUN'] }],
      ['a purpose twice', { purposes: ['TREAT', 'TREAT'] }],
      ['no purpose', { purposes: [] }],
      ['purposes that are no list', { purposes: 'TREAT' }],
      ['a pause that is no truth value', { paused: 'yes' }],
      ['a pause that is null', { paused: null }],
    ])('refuses %s', async (_what, limit) => {
      expect(await create(aShare(limit))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      const id = await world.share(r1, ['heart-rate:read']);
      expect(await change(id, limit)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });
  });

  it('lists what an owner can share, in words', async () => {
    await world.register({ resource_scopes: ['heart-rate:stream', 'x'], type: 'http://example.org/other' });
    const { status, body } = await world.call('GET', '/api/resources', { token });
    expect(status).toBe(200);
    expect(body).toEqual(
      expect.arrayContaining([
        {
          id: r1,
          name: 'Heart rate',
          scopes: [
            { id: 'heart-rate:read', name: 'Every beat' },
            { id: 'heart-rate:write', name: 'Add measurements' },
            { id: 'heart-rate:download', name: 'heart-rate:download' },
          ],
        },
        {
          id: expect.any(String) as string,
          name: 'Unnamed',
          type: 'http://example.org/other',
          scopes: [
            { id: 'heart-rate:stream', name: 'Live' },
            { id: 'x', name: 'x' },
          ],
        },
      ]),
    );
  });

  describe('lets in', () => {
    const refusals: readonly (readonly [string, () => Promise<Call>, number, string])[] = [
      ['nobody without a session or token', () => Promise.resolve({}), 401, 'login_required'],
      ['no unknown token', () => Promise.resolve({ token: 'garbage' }), 401, 'invalid_token'],
      ['no PAT', () => Promise.resolve({ token: world.patA1 }), 403, 'insufficient_scope'],
      ['no token of a client for itself', machine, 403, 'insufficient_scope'],
    ];

    async function machine(): Promise<Call> {
      const client = await world.registerClient({ grant_types: ['client_credentials'], response_types: [] });
      const { body } = await world.token(client, { grant_type: 'client_credentials', scope: 'sharing' });
      return { token: String(body['access_token']) };
    }

    it.each(refusals)('%s', async (_who, make, status, error) => {
      const call = await make();
      for (const path of [SHARES, '/api/resources']) {
        expect(await world.call('GET', path, call)).toMatchObject({ status, body: { error } });
      }
      expect(await world.call('POST', SHARES, { ...call, json: aShare() })).toMatchObject({ status, body: { error } });
    });

    it('nobody without either, and says so by a challenge that names no error (RFC 6750 3, RFC 9110 15.5.2)', async () => {
      for (const method of ['GET', 'POST'] as const) {
        const answer = await world.call(method, SHARES, method === 'POST' ? { json: aShare() } : {});
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toBe(`Bearer realm="${world.issuer}"`);
      }
    });

    it("an owner by the session of their browser, and to change something only with that session's CSRF token", async () => {
      const share = `${SHARES}/${await world.share(r1, ['heart-rate:read'])}`;
      const calls = [
        ['POST', SHARES, { json: aShare({ grantee: { username: 'carol' } }) }, 201],
        ['PATCH', share, { json: { scopes: ['heart-rate:write'] } }, 200],
        ['DELETE', share, {}, 204],
      ] as const;
      const { headers, csrfToken } = await session('alice');
      const others = await session('carol');
      const before = await world.call('GET', SHARES, { headers });
      expect(before.status).toBe(200);
      for (const forged of [{}, { 'x-csrf-token': 'guessed' }, { 'x-csrf-token': others.csrfToken }]) {
        for (const [method, path, call] of calls) {
          const answer = await world.call(method, path, { ...call, headers: { ...headers, ...forged } });
          expect(answer).toMatchObject({ status: 403, body: { error: 'access_denied' } });
        }
      }
      expect((await world.call('GET', SHARES, { headers })).body).toEqual(before.body);
      for (const [method, path, call, status] of calls) {
        const genuine = { ...call, headers: { ...headers, 'x-csrf-token': csrfToken } };
        expect((await world.call(method, path, genuine)).status).toBe(status);
      }
    });

    async function session(username: string): Promise<{ headers: Record<string, string>; csrfToken: string }> {
      await world.idToken(world.c1, username);
      const browser = world.browserOf(username);
      await world.register(R1, username === 'carol' ? world.patC1 : world.patA1);
      const page = await browser.get(`${world.issuer}/account`);
      const cookie = browser.cookies.header(new URL(world.issuer)) ?? '';
      return { headers: { cookie }, csrfToken: page.forms[0]?.fields.get('csrf_token') ?? '' };
    }
  });
});
