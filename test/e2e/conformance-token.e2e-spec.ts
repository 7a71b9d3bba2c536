import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

import { SigningKeys } from '../../src/authorization-server/oidc/keys/signing-keys.js';
import {
  ID_TOKEN_CLAIM_FORMAT,
  ID_TOKEN_CLAIM_FORMATS,
  UMA_TICKET_GRANT_TYPE,
} from '../../src/uma/protocol/constants.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, claim, expectUncachedJson, R1, RS1, UmaWorld } from '../support/uma-world.js';

describeOnEachDatabase('the token endpoint, with the UMA grant', (open) => {
  let world: UmaWorld;
  /** A resource of alice at rs1, of which she shares heart-rate:read with bob. */
  let r1: string;
  /** A resource of alice at rs1 that she shares with nobody. */
  let unshared: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    r1 = await world.register();
    unshared = await world.register();
    await world.share(r1, ['heart-rate:read']);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });

  const ticket = (): Promise<string> => world.ticketFor(r1, 'heart-rate:read');
  const permissionsOf = async ({ body }: Answer): Promise<unknown> =>
    (await world.introspect(String(body['access_token']))).body['permissions'];
  const isActive = async ({ body }: Answer): Promise<unknown> =>
    (await world.introspect(String(body['access_token']))).body['active'];

  function expectRefusal(answer: Answer, status: number, error: string): void {
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body).not.toHaveProperty('ticket');
    expect(answer.body).not.toHaveProperty('access_token');
    expectUncachedJson(answer);
  }

  /** @returns the next ticket */
  function expectNeedInfo(answer: Answer, previous: string): string {
    expect(answer).toMatchObject({ status: 403, body: { error: 'need_info', ticket: expect.any(String) as string } });
    expect(answer.body['ticket']).not.toBe(previous);
    expect(answer.body['required_claims']).toEqual([
      {
        name: 'sub',
        friendly_name: 'Who you are',
        claim_token_format: [ID_TOKEN_CLAIM_FORMAT],
        issuer: [world.issuer],
      },
    ]);
    expectUncachedJson(answer);
    return String(answer.body['ticket']);
  }

  describe('when the owner shares', () => {
    it('T17 gives a token for what is shared (GRANT-3.3.5-a)', async () => {
      const answer = await world.redeemAs('bob', await ticket());
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
        token_type: 'Bearer',
        expires_in: 900,
        resource: [RS1],
      });
      expectUncachedJson(answer);
      expect(await permissionsOf(answer)).toEqual([
        { resource_id: r1, resource_scopes: ['heart-rate:read'], exp: expect.any(Number) as number },
      ]);
    });

    it.each(ID_TOKEN_CLAIM_FORMATS)('T17 takes an ID token in the format %s', async (format) => {
      expect((await world.redeem(await ticket(), claim(await world.idToken(), format))).status).toBe(200);
    });

    it('T17 takes an ID token that was base64url-encoded once more (GRANT-3.3.1-c)', async () => {
      const encoded = Buffer.from(await world.idToken()).toString('base64url');
      expect((await world.redeem(await ticket(), claim(encoded))).status).toBe(200);
    });

    it('T18 refuses a used ticket, and revokes what the first use gave (GRANT-5.5, SEC-7)', async () => {
      const used = await ticket();
      const first = await world.redeemAs('bob', used);
      expect(await isActive(first)).toBe(true);
      expectRefusal(await world.redeemAs('bob', used), 400, 'invalid_grant');
      expect(await isActive(first)).toBe(false);
    });

    it('T19 lets one of 30 redemptions at once through (GRANT-5.5-a)', async () => {
      const [once, parameters] = [await ticket(), claim(await world.idToken())];
      const answers = await Promise.all(Array.from({ length: 30 }, () => world.redeem(once, parameters)));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: 29 }, () => 400)]);
    });

    it('T28 refuses a scope that the resource does not have with invalid_scope (GRANT-3.3.6-b)', async () => {
      const answer = await world.redeemAs('bob', await ticket(), { scope: 'heart-rate:nonexistent' });
      expectRefusal(answer, 400, 'invalid_scope');
    });

    it('T28 leaves out a scope that the client is not registered for (GRANT-3.3.4-b)', async () => {
      const generous = await world.register();
      await world.share(generous, R1.resource_scopes);
      const one = await world.ticketFor(generous, 'heart-rate:read');
      const answer = await world.redeemAs('bob', one, { scope: 'heart-rate:write heart-rate:download' });
      expect(await permissionsOf(answer)).toMatchObject([
        { resource_scopes: ['heart-rate:read', 'heart-rate:download'] },
      ]);
    });

    it('takes the old scope name hearthRate for heart-rate:read (FH-23)', async () => {
      const shared = await world.register();
      await world.share(shared, ['heart-rate:read', 'heart-rate:download']);
      const one = await world.ticketFor(shared, 'heart-rate:download');
      const answer = await world.redeemAs('bob', one, { scope: 'hearthRate' });
      expect(await permissionsOf(answer)).toMatchObject([
        { resource_scopes: ['heart-rate:download', 'heart-rate:read'] },
      ]);
    });

    it('leaves out an extra scope that the owner does not share', async () => {
      const answer = await world.redeemAs('bob', await ticket(), { scope: 'heart-rate:download' });
      expect(await permissionsOf(answer)).toMatchObject([{ resource_scopes: ['heart-rate:read'] }]);
    });

    it('ends a permission with the share that it rests on, and the token later (FED-5.1.1-c)', async () => {
      const soon = await world.register();
      const expiresMs = world.server.clock.nowMs() + 60_000;
      await world.share(soon, ['heart-rate:read'], { expiresAt: new Date(expiresMs).toISOString() });
      const answer = await world.redeemAs('bob', await world.ticketFor(soon, 'heart-rate:read'));
      expect(await permissionsOf(answer)).toMatchObject([{ exp: Math.floor(expiresMs / 1000) }]);
      world.wait(60);
      expect((await world.introspect(String(answer.body['access_token']))).body).toMatchObject({
        active: true,
        permissions: [],
      });
    });
  });

  describe('refuses tickets', () => {
    it('T20 that are unknown (GRANT-3.3.6-a)', async () => {
      expectRefusal(await world.redeemAs('bob', 'unknown'), 400, 'invalid_grant');
    });

    it('T20 that have expired (GRANT-5.5-b)', async () => {
      const late = await ticket();
      world.wait(300);
      expectRefusal(await world.redeemAs('bob', late), 400, 'invalid_grant');
    });

    it('T20 that have outlived what their resource server registered', async () => {
      const hasty = await world.registerClient({ resource: RS1, uma_ticket_lifetime: 2, uma_rpt_lifetime: 5 });
      const pat = await world.accessToken(hasty, 'alice', 'openid uma_protection');
      const id = await world.register(R1, pat);
      await world.share(id, ['heart-rate:read']);
      const [late, early] = [await world.ticket(permission(id), pat), await world.ticket(permission(id), pat)];
      const answer = await world.redeemAs('bob', early);
      expect(answer.body['expires_in']).toBe(5);
      world.wait(2);
      expectRefusal(await world.redeemAs('bob', late), 400, 'invalid_grant');
      world.wait(3);
      expect((await world.introspect(String(answer.body['access_token']), pat)).body).toEqual({ active: false });
    });

    it("T20 of another client's process, which then is closed for good (GRANT-3.3.6-a)", async () => {
      const first = await ticket();
      const second = expectNeedInfo(await world.redeem(first), first);
      expectRefusal(await world.redeemAs('bob', second, {}, world.c2), 400, 'invalid_grant');
      expectRefusal(await world.redeemAs('bob', second), 400, 'invalid_grant');
    });

    it('whose predecessor was presented twice: somebody has stolen one of them (GRANT-5.5-d)', async () => {
      const first = await ticket();
      const second = expectNeedInfo(await world.redeem(first), first);
      expectRefusal(await world.redeem(first), 400, 'invalid_grant');
      expectRefusal(await world.redeemAs('bob', second), 400, 'invalid_grant');
    });

    it.each([
      ['', ['heart-rate:write']],
      [', and even when it is registered again', ['heart-rate:read', 'heart-rate:write']],
    ])('of which a scope was deregistered meanwhile%s', async (_and, resource_scopes) => {
      const id = await world.register();
      const register = (scopes: readonly string[]) =>
        world.call('PUT', `/uma/resources/${id}`, { token: world.patA1, json: { resource_scopes: scopes } });
      const stale = await world.ticketFor(id, 'heart-rate:write', 'heart-rate:read');
      const next = expectNeedInfo(await world.redeem(await world.ticketFor(id, 'heart-rate:read')), '');
      const untouched = await world.ticketFor(id, 'heart-rate:write');
      await register(['heart-rate:write']);
      await register(resource_scopes);
      await world.share(id, resource_scopes);
      expectRefusal(await world.redeemAs('bob', stale), 400, 'invalid_grant');
      expectRefusal(await world.redeemAs('bob', next), 400, 'invalid_grant');
      expect((await world.redeemAs('bob', untouched)).status).toBe(200);
    });

    it('that are asked for just when a scope is deregistered: there is none, or it is worth nothing', async () => {
      const id = await world.register();
      const register = (...resource_scopes: string[]) =>
        world.call('PUT', `/uma/resources/${id}`, { token: world.patA1, json: { resource_scopes } });
      const permission = { resource_id: id, resource_scopes: ['heart-rate:read'] };
      const ask = () => world.call('POST', '/uma/permission', { token: world.patA1, json: permission });
      const person = claim(await world.idToken());
      for (let round = 0; round < 10; round++) {
        const asking = Array.from({ length: 8 }, ask);
        expect((await register('heart-rate:write')).status).toBe(200);
        const answers = await Promise.all(asking);
        await register('heart-rate:read');
        for (const { status, body } of answers) {
          expect([201, 400]).toContain(status);
          expectRefusal(await world.redeem(String(body['ticket']), person), 400, 'invalid_grant');
        }
      }
    });
  });

  describe('checks the request before it touches the ticket', () => {
    const grant = { grant_type: UMA_TICKET_GRANT_TYPE };

    it.each([
      ['(a) no ticket', () => ({ ...grant })],
      ['(b) a claim token without its format', (one: string) => ({ ...grant, ticket: one, claim_token: 'x' })],
      ['(b) a format without a claim token', (one: string) => ({ ...grant, ticket: one, claim_token_format: 'x' })],
      [
        '(c) two tickets',
        (one: string) => `grant_type=${encodeURIComponent(UMA_TICKET_GRANT_TYPE)}&ticket=${one}&ticket=b`,
      ],
    ])('T21 refuses %s with invalid_request (GRANT-3.3.1)', async (_what, form) => {
      const one = await ticket();
      expectRefusal(await world.token(world.c1, form(one)), 400, 'invalid_request');
      expect((await world.redeemAs('bob', one)).status).toBe(200);
    });

    it('T21 (d) refuses a wrong secret with invalid_client, and the ticket stays good', async () => {
      const one = await ticket();
      const answer = await world.redeem(one, {}, { ...world.c1, secret: 'wrong' });
      expectRefusal(answer, 401, 'invalid_client');
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="/);
      expect((await world.redeemAs('bob', one)).status).toBe(200);
    });

    it('refuses a client that may not use this grant with unauthorized_client', async () => {
      expectRefusal(await world.redeem(await ticket(), {}, world.rs1), 400, 'unauthorized_client');
    });
  });

  describe('compares the resource indicator (RFC 8707, SEC-1)', () => {
    it.each([RS1, `${RS1}/`, `${RS1}/resources/1`])(
      'and accepts %s for the resource server of the ticket',
      async (resource) => {
        expect((await world.redeemAs('bob', await ticket(), { resource })).status).toBe(200);
      },
    );

    it.each(['http://127.0.0.1:4002', `${RS1}5`, 'not a URI'])(
      'and refuses %s with invalid_target',
      async (resource) => {
        const passedOn = await ticket();
        expectRefusal(await world.redeemAs('bob', passedOn, { resource }), 400, 'invalid_target');
        expectRefusal(await world.redeemAs('bob', passedOn), 400, 'invalid_grant');
      },
    );

    it('and refuses several of which one is of another server', async () => {
      const form = new URLSearchParams({ grant_type: UMA_TICKET_GRANT_TYPE, ticket: await ticket(), resource: RS1 });
      form.append('resource', 'http://127.0.0.1:4002');
      expectRefusal(await world.token(world.c1, form.toString()), 400, 'invalid_target');
    });

    it('and matches nothing for a resource server without an identifier, which is then named by its client id', async () => {
      const nameless = await world.registerClient({});
      const pat = await world.accessToken(nameless, 'alice', 'openid uma_protection');
      const id = await world.register(R1, pat);
      await world.share(id, ['heart-rate:read']);
      const refused = await world.redeemAs('bob', await world.ticket(permission(id), pat), { resource: RS1 });
      expectRefusal(refused, 400, 'invalid_target');
      const { body } = await world.redeemAs('bob', await world.ticket(permission(id), pat));
      expect(body).not.toHaveProperty('resource');
      expect((await world.introspect(String(body['access_token']), pat)).body['aud']).toBe(nameless.id);
    });
  });

  describe('asks who the requesting party is', () => {
    it('T22 when no claim token comes (GRANT-3.3.6-c)', async () => {
      const first = await ticket();
      expectNeedInfo(await world.redeem(first), first);
    });

    it('T22 just so when nothing is shared with anybody', async () => {
      const first = await world.ticketFor(unshared, 'heart-rate:read');
      expectNeedInfo(await world.redeem(first), first);
    });

    it('T23 and then takes the next ticket, but not the first again (GRANT-5.5)', async () => {
      const first = await ticket();
      const second = expectNeedInfo(await world.redeem(first), first);
      expect((await world.redeemAs('bob', second)).status).toBe(200);

      const again = await ticket();
      expectNeedInfo(await world.redeem(again), again);
      expectRefusal(await world.redeemAs('bob', again), 400, 'invalid_grant');
    });
  });

  describe('takes a bad claim token for none', () => {
    const now = (): number => world.server.clock.nowSeconds();

    function sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
      const [key] = world.server.app.get(SigningKeys).privateJwks().keys;
      const payload = { iss: world.issuer, aud: world.c1.id, sub: 'bob', iat: now(), exp: now() + 60, ...claims };
      const jwt = new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload);
      return jwt.setProtectedHeader({ alg: 'ES256', kid: String(key?.kid), ...header }).sign(key ?? {});
    }

    async function subjectOfBob(): Promise<string> {
      const [, payload = ''] = (await world.idToken()).split('.');
      return String((JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload).sub);
    }

    const BAD: readonly (readonly [string, (sub: string) => Promise<string> | string])[] = [
      ['that has expired', (sub) => sign({ sub, iat: now() - 200, exp: now() - 61 })],
      ['that is older than an hour', (sub) => sign({ sub, iat: now() - 3661 })],
      ['that comes from the future', (sub) => sign({ sub, iat: now() + 61, exp: now() + 120 })],
      ['without a time of issue', (sub) => sign({ sub, iat: undefined })],
      ['without an expiry', (sub) => sign({ sub, exp: undefined })],
      ['without a subject', () => sign({ sub: undefined })],
      ['with an empty subject', () => sign({ sub: '' })],
      ['of an unknown issuer', (sub) => sign({ sub, iss: 'https://idp.test' })],
      ['for another client', (sub) => sign({ sub, aud: world.c2.id })],
      ['for several clients, without an authorized party', (sub) => sign({ sub, aud: [world.c1.id, world.c2.id] })],
      ['whose authorized party is another client', (sub) => sign({ sub, azp: world.c2.id })],
      ['of the type of an access token', (sub) => sign({ sub }, { typ: 'at+jwt' })],
      ['of the type of a logout token', (sub) => sign({ sub }, { typ: 'logout+jwt' })],
      ['signed by an unknown key', (sub) => sign({ sub }, { kid: 'unknown' })],
      ['without a signature (alg: none)', unsigned],
      ['signed with our public key for a secret (HS256)', signedWithPublicKey],
      ['with a broken signature', async (sub) => `${(await sign({ sub })).slice(0, -8)}AAAAAAAA`],
      ['with other claims under its signature', async (sub) => tampered(await sign({ sub: 'somebody' }), sub)],
      ['that is no JWT', () => 'garbage'],
      ['that is no JWT, but has dots', () => 'a.b.c'],
    ];

    function unsigned(sub: string): string {
      const jwt = new UnsecuredJWT({ sub }).setIssuer(world.issuer).setAudience(world.c1.id);
      return jwt
        .setIssuedAt(now())
        .setExpirationTime(now() + 60)
        .encode();
    }

    function signedWithPublicKey(sub: string): Promise<string> {
      const [key] = world.server.app.get(SigningKeys).publicJwks().keys;
      const jwt = new SignJWT({ sub }).setIssuer(world.issuer).setAudience(world.c1.id).setIssuedAt(now());
      const secret = new TextEncoder().encode(JSON.stringify(key));
      return jwt
        .setExpirationTime(now() + 60)
        .setProtectedHeader({ alg: 'HS256', kid: String(key?.kid) })
        .sign(secret);
    }

    it.each(BAD)('T24 %s (GRANT-3.3.6-c, SEC-10)', async (_what, make) => {
      const first = await ticket();
      expectNeedInfo(await world.redeem(first, claim(await make(await subjectOfBob()))), first);
    });

    it('T24 in a format that nobody knows', async () => {
      const first = await ticket();
      const parameters = claim(await world.idToken(), 'urn:ietf:params:oauth:token-type:saml2');
      expectNeedInfo(await world.redeem(first, parameters), first);
    });

    const GOOD: [string, () => Record<string, unknown>, Record<string, unknown>][] = [
      ['as it should be', () => ({}), {}],
      ['that expired within the allowed skew of clocks', () => ({ iat: now() - 200, exp: now() - 59 }), {}],
      ['that is an hour old', () => ({ iat: now() - 3600 }), {}],
      [
        'for several clients, whose authorized party is this one',
        () => ({ azp: world.c1.id, aud: [world.c1.id, world.c2.id] }),
        { typ: 'JWT' },
      ],
    ];

    it.each(GOOD)('but accepts one %s', async (_what, claims, header) => {
      const token = await sign({ sub: await subjectOfBob(), ...claims() }, header);
      expect((await world.redeem(await ticket(), claim(token))).status).toBe(200);
    });
  });

  describe('refuses people', () => {
    it('T25 with whom the owner does not share (GRANT-3.3.6-d)', async () => {
      expectRefusal(await world.redeemAs('carol', await ticket()), 403, 'request_denied');
    });

    it('T25 who ask for more than the owner shares: a ticket is never granted in part', async () => {
      const more = await world.ticketFor(r1, 'heart-rate:read', 'heart-rate:write');
      expectRefusal(await world.redeemAs('bob', more), 403, 'request_denied');
    });

    it('T29 when there is no policy at all (GRANT-5.6, SEC-9)', async () => {
      const one = await world.ticketFor(unshared, 'heart-rate:read');
      expectRefusal(await world.redeemAs('bob', one), 403, 'request_denied');
    });

    it('before a share begins and after it has ended', async () => {
      const [past, future] = [await world.register(), await world.register()];
      const inSeconds = (seconds: number) => new Date(world.server.clock.nowMs() + seconds * 1000).toISOString();
      await world.share(future, ['heart-rate:read'], { startsAt: inSeconds(100) });
      await world.share(past, ['heart-rate:read'], { expiresAt: inSeconds(10) });
      expectRefusal(
        await world.redeemAs('bob', await world.ticketFor(future, 'heart-rate:read')),
        403,
        'request_denied',
      );
      world.wait(100);
      expect((await world.redeemAs('bob', await world.ticketFor(future, 'heart-rate:read'))).status).toBe(200);
      expectRefusal(await world.redeemAs('bob', await world.ticketFor(past, 'heart-rate:read')), 403, 'request_denied');
    });

    it('even the owner: who shares with nobody is asked by nobody', async () => {
      expectRefusal(await world.redeemAs('alice', await ticket()), 403, 'request_denied');
    });
  });
});

function permission(resourceId: string): Record<string, unknown> {
  return { resource_id: resourceId, resource_scopes: ['heart-rate:read'] };
}

function tampered(token: string, sub: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
  return [header, Buffer.from(JSON.stringify({ ...claims, sub })).toString('base64url'), signature].join('.');
}
