import type { INestApplication } from '@nestjs/common';
import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnsecuredJWT } from 'jose';

import { CLAIMS_JWT_FORMAT } from '../../src/authorization-server/uma/claim-tokens/claims-jwt.format.js';
import { randomId } from '../../src/common/randomness.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { FixedPats, FixedResources } from '../../src/testing/index.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { PEOPLE } from '../support/authorization-server.js';
import { ClaimIssuer } from '../support/claim-issuer.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { guardedApplication, SECRET_BEAT } from '../support/guarded-application.js';
import { type Answer, claim, R1, RS1, type TestClient, UmaWorld } from '../support/uma-world.js';

const CALLBACK = 'http://127.0.0.1:9/claims/cb';
const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';
const TYPE = 'urn:test:heart';

/** Holes that were found in other implementations, each by what an attacker does there. */
describeOnEachDatabase('what was published of other implementations', (open) => {
  let world: UmaWorld;
  let idp: ClaimIssuer;
  /** A client that may push claim tokens of `idp`. */
  let client: TestClient;
  let alices: string;
  let carols: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    idp = await ClaimIssuer.start();
    client = await world.registerClient({
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      scope: `openid ${READ} ${DOWNLOAD}`,
      claim_token_issuers: [idp.issuer],
      claims_redirect_uris: [CALLBACK],
    });
    alices = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    carols = await world.accessToken(world.rs1, 'carol', 'openid sharing');
  });
  afterAll(async () => {
    await world.close();
    await idp.close();
  });
  beforeEach(() => {
    world.backToPresent();
  });

  const now = (): number => world.server.clock.nowSeconds();
  const permission = (id: string, ...scopes: string[]) => ({ resource_id: id, resource_scopes: scopes });
  const share = (token: string, json: Readonly<Record<string, unknown>>): Promise<Answer> =>
    world.call('POST', '/api/shares', { token, json: { scopes: [READ], grantee: { username: 'bob' }, ...json } });
  const ask = (json: unknown, pat = world.patA1): Promise<Answer> =>
    world.call('POST', '/uma/permission', { token: pat, json });
  const redeem = async (id: string, parameters: Readonly<Record<string, string>>, by = client): Promise<Answer> =>
    world.redeem(await world.ticketFor(id, READ), parameters, by);
  const permissionsOf = async ({ body }: Answer, pat = world.patA1): Promise<unknown> =>
    (await world.introspect(String(body['access_token']), pat)).body['permissions'];
  /** An ID token of `idp` about Dora, who is known there. */
  const aboutDora = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    idp.sign({ sub: 'dora', aud: client.id, iat: now(), exp: now() + 60, ...claims });
  const shareWithDora = (id: string, more: Parameters<UmaWorld['shareWith']>[2] = {}): Promise<string> =>
    world.shareWith({ kind: 'person', person: { issuer: idp.issuer, subject: 'dora' } }, id, more);

  describe('CVE-2026-4636: an owner’s policy that names another owner’s resource', () => {
    it('is not made, whichever member names the resource', async () => {
      const [own, hers] = [await world.register(R1, world.patC1), await world.register()];
      expect(await share(carols, { resourceId: hers })).toMatchObject({ status: 404, body: { error: 'not_found' } });
      for (const member of ['resources', 'resourceIds', 'resource_id', 'resource']) {
        const answer = await share(carols, { resourceId: own, [member]: [hers] });
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      }
      expect((await redeem(hers, claim(await world.idToken(client)))).body['error']).toBe('request_denied');
    });

    it('is not made of one’s own afterwards either', async () => {
      const [own, hers] = [await world.register(R1, world.patC1), await world.register()];
      const made = await share(carols, { resourceId: own });
      const path = `/api/shares/${String(made.body['id'])}`;
      const moved = await world.call('PATCH', path, { token: carols, json: { resourceId: hers } });
      expect(moved).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect((await redeem(hers, claim(await world.idToken(client)))).body['error']).toBe('request_denied');
    });

    it('does not come about by sharing a type that both have', async () => {
      const [own, hers] = [
        await world.register({ ...R1, type: TYPE }, world.patC1),
        await world.register({ ...R1, type: TYPE }),
      ];
      expect((await share(carols, { resourceType: TYPE })).status).toBe(201);
      const asBob = claim(await world.idToken(client));
      expect((await redeem(hers, asBob)).body['error']).toBe('request_denied');
      const ticket = await world.ticket(permission(own, READ), world.patC1);
      expect((await world.redeem(ticket, asBob, client)).status).toBe(200);
    });
  });

  it('CVE-2025-14778: the owner of every resource is checked, not of the first alone', async () => {
    const [own, hers] = [await world.register(R1, world.patC1), await world.register()];
    for (const permissions of [
      [permission(own, READ), permission(hers, READ)],
      [permission(hers, READ), permission(own, READ)],
    ]) {
      const answer = await ask(permissions, world.patC1);
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_resource_id' } });
      expect(answer.body).not.toHaveProperty('ticket');
    }
  });

  describe('CVE-2026-9799: a permission for one resource', () => {
    it('opens no other resource of its type', async () => {
      const [shared, other] = [
        await world.register({ ...R1, type: `${TYPE}:9799` }),
        await world.register({ ...R1, type: `${TYPE}:9799` }),
      ];
      await share(alices, { resourceId: shared });
      const asBob = claim(await world.idToken(client));
      const granted = await redeem(shared, asBob);
      expect(await permissionsOf(granted)).toEqual([expect.objectContaining({ resource_id: shared })]);
      const upgrade = { ...asBob, rpt: String(granted.body['access_token']) };
      expect((await redeem(other, upgrade)).body['error']).toBe('request_denied');
      const both = await world.ticket([permission(shared, READ), permission(other, READ)]);
      expect((await world.redeem(both, asBob, client)).body['error']).toBe('request_denied');
    });

    it.each([
      ['the type', () => `${TYPE}:9799`],
      ['the type behind a prefix', () => `resource-type:${TYPE}:9799`],
      ['the name', () => 'Heart rate'],
      ['a pattern', () => '*'],
      ['nothing', () => ''],
      ['the id and more', (id: string) => `${id}#x`],
      ['the id in other letters', (id: string) => id.toUpperCase().replace(/^./, (letter) => `_${letter}`)],
    ])('is not asked for by %s', async (_what, idOf) => {
      const id = await world.register({ ...R1, type: `${TYPE}:9799` });
      const answer = await ask(permission(idOf(id), READ));
      expect(answer.status).toBe(400);
      expect(answer.body).not.toHaveProperty('ticket');
    });
  });

  it('CVE-2026-94217: resources of the same name of two owners are two resources, and so are their scopes', async () => {
    const [own, hers] = [await world.register(R1, world.patC1), await world.register()];
    await share(carols, { resourceId: own, scopes: [READ, DOWNLOAD] });
    await share(alices, { resourceId: hers });
    const asBob = claim(await world.idToken(client));
    const answer = await redeem(hers, { ...asBob, scope: `${READ} ${DOWNLOAD}` });
    expect(await permissionsOf(answer)).toEqual([
      expect.objectContaining({ resource_id: hers, resource_scopes: [READ] }),
    ]);
    const more = await world.ticketFor(hers, READ, DOWNLOAD);
    expect((await world.redeem(more, asBob, client)).body['error']).toBe('request_denied');
  });

  describe('CVE-2026-4325 and CVE-2026-4282: one store for one-use things of all kinds', () => {
    let id: string;
    let second: ClaimIssuer;

    beforeAll(async () => {
      second = await ClaimIssuer.start();
    });
    afterAll(() => second.close());
    beforeEach(async () => {
      id = await world.register();
      await shareWithDora(id);
    });

    it('does not mix what two issuers call the same', async () => {
      const both = await world.registerClient({
        grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
        claim_token_issuers: [idp.issuer, second.issuer],
      });
      await world.shareWith({ kind: 'person', person: { issuer: second.issuer, subject: 'dora' } }, id);
      const jti = randomId();
      for (const signer of [idp, second]) {
        const token = await signer.sign({ sub: 'dora', aud: both.id, iat: now(), exp: now() + 60, jti });
        expect((await redeem(id, claim(token), both)).status).toBe(200);
        expect((await redeem(id, claim(token), both)).body['error']).toBe('need_info');
      }
    });

    it('forgets no use when something else of that name is used, revoked or asked about', async () => {
      const jti = randomId();
      const token = await aboutDora({ jti });
      expect((await redeem(id, claim(token))).status).toBe(200);
      for (const name of [jti, token, JSON.stringify([idp.issuer, jti])]) {
        await world.redeem(name, {}, client);
        await world.redeem(await world.ticketFor(id, READ), { pct: name, rpt: name }, client);
        await world.token(client, { grant_type: 'refresh_token', refresh_token: name });
        await world.revoke(name, client);
        await world.introspect(name);
      }
      expect((await redeem(id, claim(token))).body['error']).toBe('need_info');
    });

    it('takes nothing of one kind for another', async () => {
      const ticket = await world.ticketFor(id, READ);
      const granted = await redeem(id, claim(await aboutDora()));
      const rpt = String(granted.body['access_token']);
      expect((await world.redeem(rpt, claim(await aboutDora()), client)).body['error']).toBe('invalid_grant');
      expect((await world.token(client, { grant_type: 'refresh_token', refresh_token: ticket })).status).toBe(400);
      expect((await redeem(id, { pct: ticket })).body['error']).toBe('need_info');
      expect((await redeem(id, { pct: rpt })).body['error']).toBe('need_info');
      expect((await world.introspect(ticket)).body).toEqual({ active: false });
      expect((await world.call('GET', '/uma/resources', { token: ticket })).status).toBe(401);
      await world.revoke(ticket, client);
      expect((await world.redeem(ticket, claim(await aboutDora()), client)).status).toBe(200);
    });
  });

  it('CVE-2026-18572: what a claim token says of the time does not move the clock that shares go by', async () => {
    const id = await world.register();
    const day = 86_400_000;
    const startsMs = world.server.clock.nowMs() + day;
    await shareWithDora(id, { startsMs, expiresMs: startsMs + day });
    const then = startsMs + 1;
    const names = [
      'kc.time.date_time',
      'kc.time.hour',
      'time',
      'now',
      'now_ms',
      'atMs',
      'at_ms',
      'current_time',
      'clock',
    ];
    const times = Object.fromEntries(names.map((name) => [name, then]));
    const written = Object.fromEntries(names.map((name) => [name, new Date(then).toISOString()]));
    for (const claims of [times, written, { context: { ...times, time: then } }, { auth_time: then / 1000 }]) {
      expect((await redeem(id, claim(await aboutDora(claims)))).body['error']).toBe('request_denied');
    }
    world.wait(day / 1000);
    expect((await redeem(id, claim(await aboutDora()))).status).toBe(200);
    world.wait(day / 1000);
    expect((await redeem(id, claim(await aboutDora({ time: then, iat: now() })))).body['error']).toBe('request_denied');
  });

  describe('keycloak#30779: what a resource server got from its caller', () => {
    it('does not prove to it or to anybody who the caller is at another resource server', async () => {
      const acting = await world.registerClient({
        resource: 'http://127.0.0.1:4006',
        grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
        scope: 'openid uma_protection',
      });
      const [id, its] = [
        await world.register(),
        await world.register(R1, await world.accessToken(acting, 'alice', 'openid uma_protection')),
      ];
      const bob = await world.person('bob');
      await world.shareWith(bob, id);
      await world.shareWith(bob, its);
      const idToken = await world.idToken(client);
      const pat = await world.accessToken(acting, 'alice', 'openid uma_protection');
      const granted = await world.redeem(await world.ticket(permission(its, READ), pat), claim(idToken), client);
      const rpt = String(granted.body['access_token']);
      const accessToken = await world.accessToken(client, 'bob', 'openid');
      for (const token of [idToken, rpt, accessToken, pat]) {
        const refused = await redeem(id, { ...claim(token), rpt }, acting);
        expect(refused).toMatchObject({ status: 403, body: { error: 'need_info' } });
      }
      expect((await redeem(id, {}, world.rs1)).body['error']).toBe('unauthorized_client');
    });
  });

  describe('wg-uma#239: an attacker fixes the process that a victim finishes', () => {
    it('and has a ticket that is worth nothing by then, while what the victim tells goes where the client waits', async () => {
      const id = await world.register();
      await world.shareWith(await world.person('bob'), id);
      const planted = await world.ticketFor(id, READ);
      const query = new URLSearchParams({ client_id: client.id, ticket: planted, claims_redirect_uri: CALLBACK });
      const victim = new UserAgent({ stopAt: [CALLBACK] });
      await victim.get(`${world.issuer}/uma/claims?${query.toString()}`);
      await victim.submit({ username: 'bob', password: PEOPLE[1]?.password ?? '' }, { button: 'Sign in' });
      const { url, query: back } = await victim.submit({}, { button: 'Continue' });
      expect(url.startsWith(CALLBACK)).toBe(true);
      expect(back['ticket']).not.toBe(planted);
      expect((await world.redeem(planted, {}, client)).body['error']).toBe('invalid_grant');
      // Its second use gave the attacker away: what the victim came back with is good for nothing any more.
      expect((await world.redeem(back['ticket'] ?? '', {}, client)).body['error']).toBe('invalid_grant');
    });
  });

  it.each([ID_TOKEN_CLAIM_FORMAT, CLAIMS_JWT_FORMAT])(
    'takes no claim token without a signature (alg=none) for one, in the format %s of a foreign issuer',
    async (format) => {
      const id = await world.register();
      await shareWithDora(id);
      const claims = { sub: 'dora', jti: randomId(), client_id: client.id };
      const audience = format === CLAIMS_JWT_FORMAT ? world.issuer : client.id;
      const jwt = new UnsecuredJWT(claims).setIssuer(idp.issuer).setAudience(audience);
      const token = jwt
        .setIssuedAt(now())
        .setExpirationTime(now() + 60)
        .encode();
      const answer = await redeem(id, claim(token, format));
      expect(answer).toMatchObject({ status: 403, body: { error: 'need_info' } });
      const signed = await idp.sign({ ...claims, jti: randomId(), aud: audience, iat: now(), exp: now() + 60 });
      expect((await redeem(id, claim(signed, format))).status).toBe(200);
    },
  );

  describe('at a resource server', () => {
    let app: INestApplication;
    let port: number;
    let heart: string;
    let lung: string;

    beforeAll(async () => {
      const resources = new FixedResources();
      const scopes = [...R1.resource_scopes, 'heart-rate:summary'];
      [heart, lung] = [await world.register({ ...R1, resource_scopes: scopes }), await world.register()];
      const owner = { issuer: world.issuer, subject: await world.accountId('alice') };
      resources.resources.set('heart', { id: 'heart', owner, umaResourceId: heart });
      resources.resources.set('lung', { id: 'lung', owner, umaResourceId: lung });
      const carol = { issuer: world.issuer, subject: await world.accountId('carol') };
      const foreign = await world.register(R1, world.patC1);
      resources.resources.set('carols', { id: 'carols', owner: carol, umaResourceId: foreign });
      const pats = new FixedPats().set(owner.subject, world.patA1).set(carol.subject, world.patC1);
      app = await guardedApplication({ clock: world.server.clock, pats, resources }, { audience: RS1 });
      ({ port } = (app.getHttpServer() as { address(): AddressInfo }).address());
      await world.shareWith(await world.person('bob'), heart, { scopes: [READ] });
    });
    afterAll(() => app.close());

    /** Sends the path as it is, which neither `fetch` nor undici would. */
    const get = (path: string, token?: string): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        rawRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
          let body = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          answer.on('end', () => {
            resolve({ status: answer.statusCode ?? 0, body });
          });
        })
          .on('error', reject)
          .end();
      });
    const rptOfBob = async (...scopes: string[]): Promise<string> => {
      const answer = await world.redeem(
        await world.ticketFor(heart, ...scopes),
        claim(await world.idToken(client)),
        client,
      );
      return String(answer.body['access_token']);
    };

    it('CVE-2026-9800 and CVE-2026-15573: no way of writing a URI gets around the guard', async () => {
      const guarded = '/resources/heart/heart-rate';
      const paths = [
        ...[guarded, `${guarded}/`, `${guarded}?`, `${guarded}#x`, `/${guarded}`, `${guarded};x=1`, `${guarded}%3Bx`],
        ...[`${guarded}?/unprotected`, `${guarded}?path=/unprotected`, `/unprotected/..${guarded}`],
        ...[
          `/unprotected/%2e%2e${guarded}`,
          `/unprotected%2f..${guarded}`,
          `/.${guarded}`,
          '/resources//heart/heart-rate',
        ],
        ...['/RESOURCES/heart/heart-rate', '/resources/heart/heart%2drate', '/resources/./heart/heart-rate'],
        ...['/resources/heart%00/heart-rate', '/resources/heart/any-method', '/resources/heart/both/', '/whole/heart/'],
        ...[`http://127.0.0.1${guarded}`, '/unprotected/access-denied', '/access-denied/resources/heart/heart-rate'],
      ];
      for (const path of paths) {
        const { status, body } = await get(path);
        expect([path, body.includes(SECRET_BEAT)]).toEqual([path, false]);
        expect([path, [400, 401, 404].includes(status)]).toEqual([path, true]);
      }
      const token = await rptOfBob(READ);
      expect(await get(guarded, token)).toMatchObject({ status: 200 });
      expect((await get('/resources/heart/../lung/heart-rate', token)).body).not.toContain(SECRET_BEAT);
    });

    it('lets nobody in by a token for another resource, not of the same owner nor of another (SEC-8)', async () => {
      const token = await rptOfBob(READ);
      expect(await get('/resources/heart/heart-rate', token)).toMatchObject({ status: 200 });
      for (const other of ['lung', 'carols']) {
        const { status, body } = await get(`/resources/${other}/heart-rate`, token);
        expect([status, body.includes(SECRET_BEAT)]).toEqual([401, false]);
      }
    });

    it('keycloak-connect: lets nobody in when nothing that the token permits matches the route', async () => {
      const nothing = await rptOfBob();
      expect((await world.introspect(nothing)).body).toMatchObject({
        active: true,
        permissions: [{ resource_id: heart, resource_scopes: [] }],
      });
      const reading = await rptOfBob(READ);
      for (const [path, token] of [
        ['/resources/heart/heart-rate', nothing],
        ['/resources/heart/both', reading],
        ['/whole/heart/summary', reading],
      ] as const) {
        expect([path, (await get(path, token)).status]).toEqual([path, 401]);
      }
    });
  });
});
