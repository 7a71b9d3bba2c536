import { describeOnEachDatabase } from '../support/databases.js';
import { expectUncachedJson, RS1, UmaWorld } from '../support/uma-world.js';

describeOnEachDatabase('the introspection endpoint', (open) => {
  let world: UmaWorld;
  let r1: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });
  beforeEach(async () => {
    r1 = await world.register();
    await world.share(r1, ['heart-rate:read', 'heart-rate:write']);
  });

  /** A token of bob for two scopes of r1. */
  async function rpt(): Promise<string> {
    const ticket = await world.ticketFor(r1, 'heart-rate:read', 'heart-rate:write');
    return String((await world.redeemAs('bob', ticket)).body['access_token']);
  }

  it.each([{}, { token_type_hint: 'access_token' }, { token_type_hint: 'anything' }])(
    'T38 tells all of an active token, with %j (FED-5.1.1)',
    async (more) => {
      const token = await rpt();
      const now = world.server.clock.nowSeconds();
      const answer = await world.introspect(token, world.patA1, more);
      expect(answer.status).toBe(200);
      expectUncachedJson(answer);
      expect(answer.body).toEqual({
        active: true,
        iss: world.issuer,
        aud: RS1,
        sub: expect.stringMatching(/^[\w-]{43}$/) as string,
        client_id: world.c1.id,
        jti: expect.stringMatching(/^[\w-]{22}$/) as string,
        token_type: 'Bearer',
        iat: now,
        exp: now + 900,
        permissions: [{ resource_id: r1, resource_scopes: ['heart-rate:read', 'heart-rate:write'], exp: now + 900 }],
      });
    },
  );

  it('names a person the same way at one resource server, and by no name that they have elsewhere', async () => {
    const subjectAt = async (token: string, pat: string) => (await world.introspect(token, pat)).body['sub'];
    const elsewhere = await world.register(undefined, world.patA2);
    await world.share(elsewhere, ['heart-rate:read']);
    const permission = { resource_id: elsewhere, resource_scopes: ['heart-rate:read'] };
    const other = String(
      (await world.redeemAs('bob', await world.ticket(permission, world.patA2))).body['access_token'],
    );
    const first = await subjectAt(await rpt(), world.patA1);
    expect(await subjectAt(await rpt(), world.patA1)).toBe(first);
    expect(await subjectAt(other, world.patA2)).not.toBe(first);
    const [, payload = ''] = (await world.idToken()).split('.');
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain(String(first));
  });

  describe('T39 says of what is not for the caller no more than that it is inactive (RFC 7662 2.2, SEC-8)', () => {
    const CASES: readonly (readonly [string, () => Promise<{ token: string; pat?: string }>])[] = [
      ['garbage', () => Promise.resolve({ token: 'garbage' })],
      ['an RPT that was revoked', async () => ({ token: await revoked() })],
      ['an RPT of the same owner at another resource server', async () => ({ token: await rpt(), pat: world.patA2 })],
      ['an RPT of another owner', async () => ({ token: await rpt(), pat: world.patC1 })],
      ['a PAT', () => Promise.resolve({ token: world.patA1 })],
      ['a permission ticket', async () => ({ token: await world.ticketFor(r1, 'heart-rate:read') })],
    ];

    async function revoked(): Promise<string> {
      const ticket = await world.ticketFor(r1, 'heart-rate:read');
      const { body } = await world.redeemAs('bob', ticket);
      await world.redeemAs('bob', ticket);
      return String(body['access_token']);
    }

    it.each(CASES)('%s', async (_what, make) => {
      const { token, pat } = await make();
      const answer = await world.introspect(token, pat);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({ active: false });
      expectUncachedJson(answer);
    });

    it('T32b an RPT that its client has revoked, and not one that another client tried to (GRANT-3.7)', async () => {
      const token = await rpt();
      expect(await world.revoke(token, world.c2)).toMatchObject({ status: 200 });
      expect((await world.introspect(token)).body['active']).toBe(true);
      expect(await world.revoke(token)).toMatchObject({ status: 200 });
      expect((await world.introspect(token)).body).toEqual({ active: false });
      expect(await world.revoke('unknown')).toMatchObject({ status: 200 });
    });

    it('an expired RPT', async () => {
      const token = await rpt();
      world.wait(899);
      expect((await world.introspect(token)).body['active']).toBe(true);
      world.wait(1);
      expect((await world.introspect(token)).body).toEqual({ active: false });
    });
  });

  it('T40 takes a scope that is deregistered out of tokens for good: registered again, it stays away (FED-5.1.1-b)', async () => {
    const token = await rpt();
    const permissions = async () => (await world.introspect(token)).body['permissions'];
    const register = (...resource_scopes: string[]) =>
      world.call('PUT', `/uma/resources/${r1}`, { token: world.patA1, json: { resource_scopes } });
    await register('heart-rate:write', 'heart-rate:download');
    expect(await permissions()).toMatchObject([{ resource_id: r1, resource_scopes: ['heart-rate:write'] }]);
    await register('heart-rate:read', 'heart-rate:write');
    expect(await permissions()).toMatchObject([{ resource_id: r1, resource_scopes: ['heart-rate:write'] }]);
    await register();
    expect(await permissions()).toEqual([]);
    await register('heart-rate:read', 'heart-rate:write');
    expect(await permissions()).toEqual([]);
  });

  it('leaves a permission without scopes alone when a scope is deregistered, and those of other resources', async () => {
    const other = await world.register();
    await world.share(other, ['heart-rate:write']);
    const bare = { resource_id: r1, resource_scopes: [] };
    const ticket = await world.ticket([bare, { resource_id: other, resource_scopes: ['heart-rate:write'] }]);
    const token = String((await world.redeemAs('bob', ticket)).body['access_token']);
    const json = { resource_scopes: ['heart-rate:read'] };
    await world.call('PUT', `/uma/resources/${r1}`, { token: world.patA1, json });
    const { body } = await world.introspect(token);
    expect(body['permissions']).toHaveLength(2);
    expect(body['permissions']).toEqual(
      expect.arrayContaining([
        expect.objectContaining(bare),
        expect.objectContaining({ resource_id: other, resource_scopes: ['heart-rate:write'] }),
      ]),
    );
  });

  it.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
    ['two tokens', 'token=a&token=b'],
  ])('refuses a form with %s with invalid_request', async (_what, form) => {
    const answer = await world.call('POST', '/introspect', { token: world.patA1, form });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expectUncachedJson(answer);
  });
});
