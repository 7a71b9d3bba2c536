import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

import {
  FakeAuthorizationServer,
  FixedClock,
  FixedPats,
  FixedResources,
  type PreparedAnswer,
} from '../../src/testing/index.js';
import { HttpEntrance } from '../../src/uma/guard/http-entrance.js';
import { SocketEntrance } from '../../src/uma/guard/socket-entrance.js';
import { UmaGuard, UmaModule, UmaProtect } from '../../src/uma/index.js';
import { freePort } from '../support/free-port.js';
import '../support/uma-matchers.js';
import { guardedApplication, SECRET_BEAT } from '../support/guarded-application.js';

const READ = 'heart-rate:read';
const SUMMARY = 'heart-rate:summary';
const METADATA = 'http://rs.test/.well-known/oauth-protected-resource';
const WARNING = '199 - "UMA Authorization Server Unreachable"';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

class Protected {
  @UmaProtect({ resource: { param: 'id' }, scopes: [READ] })
  handler(): void {
    // Only its metadata matters.
  }
}

const contextOf = (call: object, reply: object, transport = 'http') =>
  ({
    getType: () => transport,
    getHandler: () => Reflect.get(Protected.prototype, 'handler') as unknown,
    getClass: () => Protected,
    switchToHttp: () => ({ getRequest: () => call, getResponse: () => reply }),
  }) as unknown as ExecutionContext;

describe('the guard of a resource server', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let pats: FixedPats;
  let resources: FixedResources;
  let app: INestApplication;
  let base: string;

  beforeEach(async () => {
    as = await FakeAuthorizationServer.start({ port: await freePort() });
    clock = new FixedClock();
    pats = new FixedPats().set('alice', 'PATa1');
    resources = new FixedResources();
    const alice = { issuer: as.issuer, subject: 'alice' };
    resources.resources.set('heart', { id: 'heart', owner: alice, umaResourceId: 'R1' });
    resources.resources.set('lungs', { id: 'lungs', owner: alice, umaResourceId: 'R2' });
    await start();
  });

  afterEach(async () => {
    await app.close();
    await as.stop();
  });

  async function start(options: Parameters<typeof guardedApplication>[1] = {}): Promise<void> {
    app = await guardedApplication({ clock, pats, resources }, options);
    base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  }

  async function restart(options: Parameters<typeof guardedApplication>[1]): Promise<void> {
    await app.close();
    await start(options);
  }

  async function get(path: string, token?: string, headers: Record<string, string> = {}): Promise<Reply> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await request(`${base}${path}`, { headers: { ...authorization, ...headers } });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  }

  const seconds = () => clock.nowSeconds();
  const reading = (members: object = {}) => ({ resource_id: 'R1', resource_scopes: [READ], ...members });
  const active = (members: Readonly<Record<string, unknown>> = {}) => ({
    active: true,
    iss: as.issuer,
    aud: 'http://rs.test',
    exp: seconds() + 900,
    client_id: 'c1',
    permissions: [reading()],
    ...members,
  });

  function expectChallenge(reply: Reply, ticket = as.lastTicket): void {
    expect(reply).toBeUmaChallenge({ asUri: as.issuer, ticket });
    expect(reply.headers['www-authenticate']).toBe(
      `UMA realm="heart", as_uri="${as.issuer}", ticket="${ticket}", resource_metadata="${METADATA}"`,
    );
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.body).not.toContain(SECRET_BEAT);
  }

  function expectUnreachable(reply: Reply): void {
    expect(reply).toBeAuthorizationServerUnreachable();
    expect(reply.headers['warning']).toBe(WARNING);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.body).not.toContain(SECRET_BEAT);
  }

  it('takes a token from another header where that is set, and only there (FR-12)', async () => {
    as.tokens.set('rpt', active());
    const read = () => get('/resources/heart/heart-rate', undefined, { 'x-frdp-rpt': 'rpt' });
    expect((await read()).status).toBe(401);
    await restart({ tokenHeader: 'X-FRDP-RPT' });
    // Asked, then remembered.
    expect([(await read()).status, (await read()).status]).toEqual([200, 200]);
    expect((await get('/resources/heart/heart-rate', 'rpt', { 'x-frdp-rpt': 'rpt' })).status).toBe(400);
  });

  describe('without a token (T41, UMA Grant 3.2.1)', () => {
    it('answers with one challenge line and a new ticket each time', async () => {
      const replies = [await get('/resources/heart/heart-rate'), await get('/resources/heart/heart-rate')];
      replies.forEach((reply, index) => {
        expectChallenge(reply, `ticket-${index + 1}`);
      });
      expect(as.callsTo('permission')).toEqual(
        [1, 2].map(() => ({
          method: 'POST',
          path: '/permission',
          pat: 'PATa1',
          body: { resource_id: 'R1', resource_scopes: [READ] },
        })),
      );
    });

    it('asks for every scope that the call needs, and for no more (RS-2)', async () => {
      await get('/resources/heart/both');
      expect(as.callsTo('permission')[0]?.body).toEqual({ resource_id: 'R1', resource_scopes: [READ, SUMMARY] });
    });

    it('says 404 of a resource that does not exist, and asks nobody (RS-15)', async () => {
      const reply = await get('/resources/stomach/heart-rate', 'rpt');
      expect(reply.status).toBe(404);
      expect(JSON.parse(reply.body)).toMatchObject({ error: 'not_found' });
      expect(as.calls).toEqual([]);
    });

    it('has no ticket in the body by default, and says what is needed', async () => {
      const { body } = await get('/resources/heart/heart-rate');
      expect(JSON.parse(body)).toMatchObject({ error: 'invalid_token' });
      expect(body).not.toContain('ticket-');
    });

    it('repeats the challenge as a body where a route asks for it (RS-16)', async () => {
      const reply = await get('/resources/heart/old-clients');
      expectChallenge(reply);
      expect(JSON.parse(reply.body)).toEqual({ as_uri: as.issuer, ticket: 'ticket-1' });
    });

    it('repeats the challenge as a body everywhere by setting', async () => {
      await restart({ challengeBody: true });
      const reply = await get('/resources/heart/heart-rate');
      expect(JSON.parse(reply.body)).toEqual({ as_uri: as.issuer, ticket: 'ticket-1' });
    });

    it.each(['Basic dXNlcjpwYXNz', 'UMA rpt'])('treats "%s" as no token', async (authorization) => {
      as.tokens.set('rpt', active());
      expectChallenge(await get('/resources/heart/heart-rate', undefined, { authorization }));
      expect(as.callsTo('introspection')).toEqual([]);
    });
  });

  describe('with an authorization server that fails (T42, UMA Grant 3.2.2)', () => {
    it.each<[string, PreparedAnswer]>([
      ['answers 500', { status: 500, body: { error: 'server_error' } }],
      ['answers 401', { status: 401, body: { error: 'invalid_token' } }],
      ['answers 400 invalid_resource_id', { status: 400, body: { error: 'invalid_resource_id' } }],
      ['answers 200 without a ticket', { status: 200, body: {} }],
    ])('gives a warning, no challenge and no data when the permission endpoint %s', async (_what, answer) => {
      as.prepare('permission', answer);
      expectUnreachable(await get('/resources/heart/heart-rate'));
    });

    it.each<[string, PreparedAnswer, string]>([
      [
        'refuses the permission request',
        { status: 400, body: { error: 'invalid_resource_id' } },
        'The authorization server gives no permission ticket for this resource.',
      ],
      ['is broken', { status: 500 }, 'The authorization server cannot be reached.'],
    ])('says what happened when it %s', async (_what, answer, description) => {
      as.prepare('permission', answer);
      expect(JSON.parse((await get('/resources/heart/heart-rate')).body)).toEqual({
        error: 'temporarily_unavailable',
        error_description: description,
      });
    });

    it('says what happened when it refuses a question about a token', async () => {
      as.prepare('introspection', { status: 403, body: { error: 'insufficient_scope' } });
      const reply = await get('/resources/heart/heart-rate', 'rpt');
      expectUnreachable(reply);
      expect(reply.body).toContain('The authorization server does not tell what this token opens.');
    });

    it.each<[string, PreparedAnswer]>([
      ['answers 500', { status: 500 }],
      ['answers nonsense', { status: 200, text: 'active: true' }],
    ])('is closed for a token too when introspection %s', async (_what, answer) => {
      as.prepare('introspection', answer);
      expectUnreachable(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('gives a warning, no challenge and no data when it does not answer in time', async () => {
      await restart({ timeoutMs: 100 });
      as.prepare('permission', 'hang');
      expectUnreachable(await get('/resources/heart/heart-rate'));
      as.prepare('introspection', 'hang');
      expectUnreachable(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('is closed while it is stopped, and opens when it is back', async () => {
      as.tokens.set('rpt', active());
      await as.stop();
      expectUnreachable(await get('/resources/heart/heart-rate', 'rpt'));
      await as.listen();
      expect((await get('/resources/heart/heart-rate', 'rpt')).status).toBe(200);
    });

    it('repairs a PAT after a 401, once for the call (RS-10)', async () => {
      pats.set('alice', 'old').next = 'PATa1';
      expectChallenge(await get('/resources/heart/heart-rate'));
      expect(as.callsTo('permission').map(({ pat }) => pat)).toEqual(['old', 'PATa1']);
    });

    it('is closed when the PAT is refused, renewed, and refused again (RS-10)', async () => {
      pats.set('alice', 'old').next = 'also old';
      expectUnreachable(await get('/resources/heart/heart-rate'));
      expect(as.callsTo('permission').map(({ pat }) => pat)).toEqual(['old', 'also old']);
    });

    it('is closed when the owner’s PAT is gone, and says that she has to sign in', async () => {
      pats.set('alice', undefined);
      const reply = await get('/resources/heart/heart-rate', 'rpt');
      expectUnreachable(reply);
      expect(reply.body).toContain('The owner has to sign in here again.');
    });
  });

  describe('with a token', () => {
    it('gives the data, marked as private, and tells the handler what was decided', async () => {
      as.tokens.set('rpt', active());
      const reply = await get('/resources/heart/heart-rate', 'rpt');
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.body)).toEqual({ beat: SECRET_BEAT, scopes: [READ], client: 'c1' });
      expect(reply.headers['cache-control']).toBe('private, no-store');
      expect(reply.headers['www-authenticate']).toBeUndefined();
    });

    it('answers an inactive token with a new ticket (T43)', async () => {
      expectChallenge(await get('/resources/heart/heart-rate', 'made-up'));
    });

    it('answers insufficient permissions with a new ticket for what the call needs (T43, UMA Grant 3.5)', async () => {
      as.tokens.set('rpt', active({ permissions: [reading({ resource_scopes: [SUMMARY] })] }));
      expectChallenge(await get('/resources/heart/heart-rate', 'rpt'));
      expect(as.callsTo('permission')[0]?.body).toEqual({ resource_id: 'R1', resource_scopes: [READ] });
    });

    it.each<[string, (now: number) => object]>([
      ['for another resource', () => ({ permissions: [reading({ resource_id: 'R2' })] })],
      ['for the resource under our own id', () => ({ permissions: [reading({ resource_id: 'heart' })] })],
      ['with the wrong scope', () => ({ permissions: [reading({ resource_scopes: [SUMMARY] })] })],
      ['with no scope', () => ({ permissions: [reading({ resource_scopes: [] })] })],
      [
        'with right id and right scope in two permissions',
        () => ({
          permissions: [reading({ resource_scopes: [SUMMARY] }), reading({ resource_id: 'R2' })],
        }),
      ],
      ['of a foreign issuer', () => ({ iss: 'https://evil.test' })],
      ['for a foreign audience', () => ({ aud: 'https://other.test' })],
      ['for a list of foreign audiences', () => ({ aud: ['https://other.test', 'https://rs.test'] })],
      ['without permissions', () => ({ permissions: [] })],
      ['with a scope in place of permissions', () => ({ permissions: undefined, scope: READ })],
      ['whose permission is past', (now) => ({ permissions: [reading({ exp: now - 1 })] })],
      ['whose permission begins later', (now) => ({ permissions: [reading({ nbf: now + 60 })] })],
      ['that is past itself', (now) => ({ exp: now - 1 })],
      ['that begins later itself', (now) => ({ nbf: now + 60 })],
      ['bound to a key, sent as Bearer (T46)', () => ({ cnf: { jkt: 'thumbprint' } })],
    ])('refuses a cuckoo token %s (T44)', async (_what, members) => {
      as.tokens.set('rpt', active({ ...members(seconds()) }));
      expectChallenge(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('finds the right permission behind one for another resource (T44, positive control)', async () => {
      as.tokens.set('rpt', active({ permissions: [reading({ resource_id: 'R2' }), reading()] }));
      expect((await get('/resources/heart/heart-rate', 'rpt')).status).toBe(200);
    });

    it.each(['bearer', 'BEARER'])('takes the scheme "%s" in any case', async (scheme) => {
      as.tokens.set('rpt', active());
      const authorization = `${scheme} rpt`;
      expect((await get('/resources/heart/heart-rate', undefined, { authorization })).status).toBe(200);
    });

    it('refuses a token in the query, even beside a good one', async () => {
      as.tokens.set('rpt', active());
      for (const token of [undefined, 'rpt']) {
        expect((await get('/resources/heart/heart-rate?access_token=rpt', token)).status).toBe(400);
      }
      expect(as.calls).toEqual([]);
    });

    it('refuses two Authorization headers', async () => {
      as.tokens.set('rpt', active());
      const status = await new Promise((resolve, reject) => {
        const headers = ['Host', 'rs.test', 'Authorization', 'Bearer rpt', 'authorization', 'Bearer other'];
        rawRequest(`${base}/resources/heart/heart-rate`, { headers }, (answer) => {
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
    });

    it('guards HEAD like GET', async () => {
      const refused = await request(`${base}/resources/heart/heart-rate`, { method: 'HEAD' });
      expect(refused.statusCode).toBe(401);
      expect(refused.headers['www-authenticate']).toContain('ticket-1');
      as.tokens.set('rpt', active());
      const headers = { authorization: 'Bearer rpt' };
      const allowed = await request(`${base}/resources/heart/heart-rate`, { method: 'HEAD', headers });
      expect(allowed.statusCode).toBe(200);
      expect(await allowed.body.text()).toBe('');
    });
  });

  describe('the decision cache', () => {
    it('asks once for a thousand calls with one new token', async () => {
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate');
      const replies = await Promise.all(Array.from({ length: 1000 }, () => get('/resources/heart/heart-rate', 'rpt')));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      expect(as.callsTo('introspection')).toHaveLength(1);
    });

    it('refuses every one of a hundred calls at once with a token that is worth nothing', async () => {
      const replies = await Promise.all(Array.from({ length: 100 }, () => get('/resources/heart/heart-rate', 'rpt')));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([401]));
      expect(new Set(replies.map(({ headers }) => headers['www-authenticate'])).size).toBe(100);
    });

    it('asks nobody again, nor looks the resource up, within its time', async () => {
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate', 'rpt');
      const lookups = resources.lookups;
      clock.advanceMs(9999);
      expect((await get('/resources/heart/heart-rate', 'rpt')).status).toBe(200);
      expect(as.callsTo('introspection')).toHaveLength(1);
      expect(resources.lookups).toBe(lookups);
    });

    it('never lets a revoked token pass after its time (T45, SEC-13)', async () => {
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate', 'rpt');
      as.tokens.delete('rpt');
      clock.advanceMs(10_000);
      expectChallenge(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('never lets a token pass after its end, though the cache would last longer (T45)', async () => {
      as.tokens.set('rpt', active({ exp: seconds() + 2 }));
      expect((await get('/resources/heart/heart-rate', 'rpt')).status).toBe(200);
      clock.advanceMs(3000);
      expectChallenge(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('lets a token that was upgraded in place pass at once: it asks again before it refuses (T45)', async () => {
      as.tokens.set('rpt', active({ permissions: [reading({ resource_scopes: [SUMMARY] })] }));
      expectChallenge(await get('/resources/heart/both', 'rpt'));
      as.tokens.set('rpt', active({ permissions: [reading({ resource_scopes: [SUMMARY, READ] })] }));
      expect((await get('/resources/heart/both', 'rpt')).status).toBe(200);
    });

    it('does not use a decision for one resource at another', async () => {
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate', 'rpt');
      const reply = await get('/resources/lungs/heart-rate', 'rpt');
      expectChallenge(reply);
      expect(as.callsTo('permission')[0]?.body).toMatchObject({ resource_id: 'R2' });
    });

    it('forgets what it allowed once the authorization server says otherwise', async () => {
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate', 'rpt');
      as.tokens.delete('rpt');
      expectChallenge(await get('/resources/heart/both', 'rpt'));
      expectChallenge(await get('/resources/heart/heart-rate', 'rpt'));
    });

    it('makes the guard answer at once, not with a promise, when it knows the token', async () => {
      as.tokens.set('rpt', active());
      const guard = new UmaGuard(app.get(Reflector), app.get(HttpEntrance), app.get(SocketEntrance));
      const raw = { rawHeaders: ['Authorization', 'Bearer rpt'] };
      const reply = { header: () => reply };
      const request = { raw, method: 'GET', url: '/resources/heart/heart-rate', query: {}, params: { id: 'heart' } };
      const call = () => contextOf({ ...request }, reply);
      const first = guard.canActivate(call());
      expect(first).toBeInstanceOf(Promise);
      expect(await first).toBe(true);
      expect(guard.canActivate(call())).toBe(true);
    });

    it('decides once for a call whose controller and handler are both protected', async () => {
      await restart({ introspectionCacheSeconds: 0 });
      as.tokens.set('rpt', active({ permissions: [reading({ resource_scopes: [SUMMARY] })] }));
      expect((await get('/whole/heart/summary', 'rpt')).status).toBe(200);
      expect(as.callsTo('introspection')).toHaveLength(1);
    });

    it('asks each time when it is turned off', async () => {
      await restart({ introspectionCacheSeconds: 0 });
      as.tokens.set('rpt', active());
      await get('/resources/heart/heart-rate', 'rpt');
      await get('/resources/heart/heart-rate', 'rpt');
      expect(as.callsTo('introspection')).toHaveLength(2);
    });

    it.each([-1, 10.5, 11, Number.NaN])('cannot be set to %s seconds', (introspectionCacheSeconds) => {
      const options = { realm: 'heart', audience: 'http://rs.test', challengeBody: false };
      expect(() => UmaModule.register({ ...options, introspectionCacheSeconds })).toThrow('from 0 to 10');
    });
  });

  describe('closed by default (SEC-9)', () => {
    it('refuses a guarded route without metadata, whatever the token', async () => {
      as.tokens.set('rpt', active());
      expect((await get('/forgotten/heart', 'rpt')).status).toBe(403);
    });

    it('refuses a route whose parameter is not in its path', async () => {
      as.tokens.set('rpt', active());
      expect((await get('/misnamed/heart', 'rpt')).status).toBe(404);
    });

    it.each(['rpc', 'graphql'])('refuses the transport "%s"', (transport) => {
      const guard = new UmaGuard(app.get(Reflector), app.get(HttpEntrance), app.get(SocketEntrance));
      expect(() => guard.canActivate(contextOf({}, {}, transport))).toThrow('closed');
    });

    it('does not compile a rule without scopes: it would open to all', () => {
      expect(() => UmaProtect({ resource: { param: 'id' }, scopes: [] })).toThrow('at least one scope');
    });

    it('has no decision to give on a route that is not protected', async () => {
      const reply = await get('/unprotected');
      expect(reply.status).toBe(500);
      expect(reply.body).not.toContain(SECRET_BEAT);
    });

    it('guards every route of a controller that is protected as a whole, each by its own scopes', async () => {
      as.tokens.set('rpt', active());
      expect((await get('/whole/heart')).status).toBe(401);
      expect((await get('/whole/heart', 'rpt')).status).toBe(200);
      expectChallenge(await get('/whole/heart/summary', 'rpt'));
    });

    it('does not let OPTIONS reach a handler of all methods', async () => {
      const { statusCode, body } = await request(`${base}/resources/heart/any-method`, { method: 'OPTIONS' });
      expect(await body.text()).not.toContain(SECRET_BEAT);
      expect(statusCode).not.toBe(200);
    });
  });

  describe('a route with a loader', () => {
    it('guards the resource that the loader names', async () => {
      as.tokens.set('rpt', active());
      const headers = { 'x-resource': 'heart' };
      expectChallenge(await get('/loaded', undefined, headers));
      expect((await get('/loaded', 'rpt', headers)).status).toBe(200);
      expect((await get('/loaded', 'rpt', headers)).status).toBe(200);
      expect(as.callsTo('introspection')).toHaveLength(1);
    });

    it('says 404 when the loader finds nothing', async () => {
      expect((await get('/loaded', 'rpt')).status).toBe(404);
    });
  });

  it('lets a page of another origin read the challenge, and answers its preflight unguarded (RS-13)', async () => {
    const origin = 'https://viewer.test';
    const refused = await get('/resources/heart/heart-rate', undefined, { origin });
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect(refused.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
    const preflight = await request(`${base}/resources/heart/heart-rate`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
  });
});
