import { inspect } from 'node:util';

import { FixedClock } from '../../common/clock.fake.js';
import { FakeAuthorizationServer, FixedPats, type PreparedAnswer } from '../../testing/index.js';
import { AuthorizationServerConnections } from './authorization-server-connections.js';
import { AuthorizationServers } from './authorization-servers.js';
import {
  AuthorizationServerUnreachable,
  OwnerMustSignIn,
  ProtectionApiRefusal,
} from './authorization-server-unreachable.js';
import { ProtectionApi } from './protection-api.js';

const HOUR_MS = 60 * 60 * 1000;
const reading = { resourceId: 'R1', resourceScopes: ['heart-rate:read'] };

describe('ProtectionApi', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let pats: FixedPats;
  let api: ProtectionApi;
  const alice = () => ({ issuer: as.issuer, subject: 'alice' });

  const asking = (timeoutMs?: number) =>
    new ProtectionApi(
      pats,
      clock,
      new AuthorizationServerConnections(new AuthorizationServers('http://rs.test'), clock, timeoutMs),
    );

  beforeEach(async () => {
    as = await FakeAuthorizationServer.start();
    clock = new FixedClock();
    pats = new FixedPats().set('alice', 'PATa1');
    api = asking();
  });
  /** For answers that never come. Whatever else it is slow at ends in the same error. */
  const impatient = () => asking(100);

  afterEach(() => as.stop());

  describe('permission requests (Federated Authorization 4)', () => {
    it('sends one permission as an object, under the PAT', async () => {
      expect(await api.requestPermission(alice(), [reading])).toBe('ticket-1');
      expect(as.callsTo('permission')).toEqual([
        {
          method: 'POST',
          path: '/permission',
          pat: 'PATa1',
          body: { resource_id: 'R1', resource_scopes: ['heart-rate:read'] },
        },
      ]);
    });

    it('sends several permissions as an array', async () => {
      await api.requestPermission(alice(), [reading, { resourceId: 'R2', resourceScopes: [] }]);
      expect(as.callsTo('permission')[0]?.body).toEqual([
        { resource_id: 'R1', resource_scopes: ['heart-rate:read'] },
        { resource_id: 'R2', resource_scopes: [] },
      ]);
    });

    it.each<[string, PreparedAnswer]>([
      ['no ticket', { status: 201, body: {} }],
      ['an empty ticket', { status: 201, body: { ticket: '' } }],
      ['a ticket that is no string', { status: 201, body: { ticket: 7 } }],
      ['no JSON', { status: 201, text: '<html>' }],
      ['two tickets', { status: 201, text: '{"ticket":"a","ticket":"b"}' }],
      ['a redirect', { status: 302 }],
      ['a server error', { status: 500 }],
      ['too much', { status: 201, text: `{"ticket":"a","pad":"${'x'.repeat(1024 * 1024)}"}` }],
    ])('calls an answer with %s unusable', async (_what, answer) => {
      as.prepare('permission', answer);
      await expect(api.requestPermission(alice(), [reading])).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
    });

    it('waits for an answer no longer than it was told', async () => {
      as.prepare('permission', 'hang');
      const waiting = impatient().requestPermission(alice(), [reading]);
      await expect(waiting).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
    });

    it('tells the error code of a refusal', async () => {
      as.prepare('permission', { status: 400, body: { error: 'invalid_resource_id' } });
      await expect(api.requestPermission(alice(), [reading])).rejects.toMatchObject({
        name: 'ProtectionApiRefusal',
        status: 400,
        code: 'invalid_resource_id',
      });
    });

    it('repeats nothing of a refusal that is not an error code: it could be a token', async () => {
      as.prepare('permission', { status: 400, body: { error: 'PATa1 is wrong' } });
      const refusal: unknown = await api.requestPermission(alice(), [reading]).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ProtectionApiRefusal);
      expect(inspect(refusal, { depth: 10 })).not.toContain('PATa1');
    });
  });

  describe('the PAT', () => {
    it('is renewed once after a 401, and the call repeated once (RS-10)', async () => {
      pats.set('alice', 'old').next = 'PATa1';
      expect(await api.requestPermission(alice(), [reading])).toBe('ticket-1');
      expect(as.callsTo('permission').map(({ pat }) => pat)).toEqual(['old', 'PATa1']);
      expect(pats.renewals).toBe(1);
    });

    it('is not renewed a second time when the new one is refused too', async () => {
      pats.set('alice', 'old').next = 'also old';
      await expect(api.requestPermission(alice(), [reading])).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
      expect(as.callsTo('permission')).toHaveLength(2);
      expect(pats.renewals).toBe(1);
    });

    it.each([
      ['is taken no more', 'old', 1],
      ['is not there', undefined, 0],
    ])('that %s leaves the authorization server out of reach until the owner signs in', async (_what, pat, calls) => {
      pats.set('alice', pat);
      const refused = expect(api.requestPermission(alice(), [reading])).rejects;
      await refused.toBeInstanceOf(OwnerMustSignIn);
      expect(as.callsTo('permission')).toHaveLength(calls);
    });

    it('that cannot be renewed now is still there: the owner need do nothing', async () => {
      pats.set('alice', 'old').isLost = false;
      const failure: unknown = await api.requestPermission(alice(), [reading]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AuthorizationServerUnreachable);
      expect(failure).not.toBeInstanceOf(OwnerMustSignIn);
    });

    it('never appears in an error, however deep it is looked into', async () => {
      const errors: unknown[] = [];
      const attempt = (by = api) => by.introspect(alice(), 'the-rpt').catch((error: unknown) => errors.push(error));
      as.prepare('introspection', 'hang');
      await attempt(impatient());
      for (const answer of [{ status: 500, body: { error: 'PATa1' } }, { status: 401 }]) {
        as.prepare('introspection', answer);
        await attempt();
      }
      await as.stop();
      await attempt();
      expect(errors).toHaveLength(4);
      expect(inspect(errors, { depth: 20, showHidden: true })).not.toMatch(/PATa1|the-rpt/);
    });
  });

  describe('discovery (UMA 2.0 Grant 2)', () => {
    it('asks once, and again after an hour', async () => {
      await api.list(alice());
      clock.advanceMs(HOUR_MS - 1);
      await api.list(alice());
      expect(as.callsTo('discovery')).toHaveLength(1);
      clock.advanceMs(1);
      await api.list(alice());
      expect(as.callsTo('discovery')).toHaveLength(2);
    });

    it('asks once for many calls at a time', async () => {
      await Promise.all(Array.from({ length: 20 }, () => api.list(alice())));
      expect(as.callsTo('discovery')).toHaveLength(1);
    });

    it.each([
      ['fails', { status: 503 }],
      ['is gone', { status: 404 }],
    ])('asks again after an endpoint that %s, for it may have moved', async (_what, answer) => {
      as.prepare('permission', answer);
      await expect(api.requestPermission(alice(), [reading])).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
      as.prepare('permission', undefined);
      await api.requestPermission(alice(), [reading]);
      expect(as.callsTo('discovery')).toHaveLength(2);
    });

    it('sends no PAT to anybody when the document names another issuer (RFC 8414 3.3)', async () => {
      as.publish('/.well-known/uma2-configuration', { issuer: 'https://evil.test' });
      await expect(api.list(alice())).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
      expect(as.calls.map(({ pat }) => pat)).toEqual([undefined]);
    });

    it('sends no PAT over plain http beyond this machine', async () => {
      as.publish('/.well-known/uma2-configuration', { permission_endpoint: 'http://as.test/permission' });
      await expect(api.requestPermission(alice(), [reading])).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
      const elsewhere = { issuer: 'http://as.test', subject: 'alice' };
      await expect(api.list(elsewhere)).rejects.toThrow('TLS');
    });

    it('stops when there is no document', async () => {
      as.publish('/elsewhere');
      await expect(api.list(alice())).rejects.toThrow('no usable UMA metadata');
    });

    it('finds the document of an issuer with a path in the appended and in the inserted form', async () => {
      const tenant = await FakeAuthorizationServer.start({ path: '/tenant' });
      const owner = { issuer: tenant.issuer, subject: 'alice' };
      await api.list(owner);
      tenant.publish('/.well-known/uma2-configuration/tenant');
      await asking().list(owner);
      expect(tenant.callsTo('discovery').map(({ path }) => path)).toEqual([
        '/tenant/.well-known/uma2-configuration',
        '/tenant/.well-known/uma2-configuration',
        '/.well-known/uma2-configuration/tenant',
      ]);
      await tenant.stop();
    });
  });

  it('stops asking a server that fails, and recovers with it', async () => {
    as.prepare('permission', { status: 500 });
    for (let count = 0; count < 10; count++) await api.requestPermission(alice(), [reading]).catch(() => undefined);
    const calls = as.calls.length;
    expect(calls).toBeLessThan(20);
    await expect(api.requestPermission(alice(), [reading])).rejects.toThrow('did not answer the last calls');
    expect(as.calls).toHaveLength(calls);
    as.prepare('permission', undefined);
    clock.advanceMs(3000);
    expect(await api.requestPermission(alice(), [reading])).toBe('ticket-1');
  });

  it('lets an owner without a PAT use up no probe of a server that recovers', async () => {
    const carol = { issuer: as.issuer, subject: 'carol' };
    as.prepare('permission', { status: 500 });
    for (let count = 0; count < 5; count++) await api.requestPermission(alice(), [reading]).catch(() => undefined);
    as.prepare('permission', undefined);
    clock.advanceMs(3000);
    await expect(api.requestPermission(carol, [reading])).rejects.toBeInstanceOf(OwnerMustSignIn);
    expect(await api.requestPermission(alice(), [reading])).toBe('ticket-1');
  });

  it('registers, reads, replaces, lists and removes a resource (Federated Authorization 3.2)', async () => {
    const description = { resource_scopes: ['heart-rate:read'], name: 'Heart rate' };
    const { umaResourceId, policyUri } = await api.register(alice(), description);
    expect(policyUri).toBe(`${as.issuer}/policy`);
    expect(await api.read(alice(), umaResourceId)).toEqual(description);
    await api.replace(alice(), umaResourceId, { resource_scopes: [] });
    expect(await api.read(alice(), umaResourceId)).toEqual({ resource_scopes: [] });
    expect(await api.list(alice())).toEqual([umaResourceId]);
    await api.remove(alice(), umaResourceId);
    expect(await api.read(alice(), umaResourceId)).toBeUndefined();
    await expect(api.remove(alice(), umaResourceId)).resolves.toBeUndefined();
    await expect(api.replace(alice(), umaResourceId, description)).rejects.toMatchObject({ status: 404 });
  });

  it('takes 204 for an empty list, and refuses a list of anything but ids', async () => {
    as.prepare('registration', { status: 204 });
    expect(await api.list(alice())).toEqual([]);
    as.prepare('registration', { status: 200, body: [{ _id: 'R1' }] });
    await expect(api.list(alice())).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
  });

  it.each([
    ['registering', () => api.register(alice(), { resource_scopes: [] }), { status: 201, body: { _id: 7 } }],
    ['registering', () => api.register(alice(), { resource_scopes: [] }), { status: 201, body: { _id: '' } }],
    ['reading', () => api.read(alice(), 'R1'), { status: 200, body: { _id: 'R1' } }],
    ['reading', () => api.read(alice(), 'R1'), { status: 200, body: [] }],
  ])('does not guess what an answer to %s means', async (_what, call, answer) => {
    as.prepare('registration', answer);
    await expect(call()).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
  });

  it('leaves out a policy address that it did not get', async () => {
    as.prepare('registration', { status: 200, body: { _id: 'R1' } });
    expect(await api.register(alice(), { resource_scopes: [] })).toEqual({ umaResourceId: 'R1' });
  });

  describe('introspection (Federated Authorization 5)', () => {
    it('sends the token in the body, under the PAT', async () => {
      as.tokens.set('rpt', { active: true, permissions: [] });
      expect(await api.introspect(alice(), 'rpt')).toMatchObject({ active: true, askedAtMs: clock.nowMs() });
      expect(as.callsTo('introspection')).toEqual([
        {
          method: 'POST',
          path: '/introspect',
          pat: 'PATa1',
          body: { token: 'rpt', token_type_hint: 'access_token' },
        },
      ]);
    });

    it('asks once for a thousand callers with one token, and apart for another owner or token', async () => {
      pats.set('carol', 'PATc1');
      as.pats.add('PATc1');
      const carol = { issuer: as.issuer, subject: 'carol' };
      const thousand = Array.from({ length: 1000 }, () => api.introspect(alice(), 'rpt'));
      await Promise.all([...thousand, api.introspect(carol, 'rpt'), api.introspect(alice(), 'other')]);
      expect(as.callsTo('introspection')).toHaveLength(3);
    });

    it.each<[string, PreparedAnswer]>([
      ['no member "active"', { status: 200, body: {} }],
      ['"active" twice', { status: 200, text: '{"active":false,"active":true}' }],
      ['a list', { status: 200, body: [] }],
    ])('calls an answer with %s unusable', async (_what, answer) => {
      as.prepare('introspection', answer);
      await expect(api.introspect(alice(), 'rpt')).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
    });
  });
});
