import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { request } from 'undici';

import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../uma/protocol/constants.js';
import { FakeAuthorizationServer, FixedClock } from './index.js';

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

describe('FakeAuthorizationServer', () => {
  let clock: FixedClock;
  let as: FakeAuthorizationServer;

  beforeEach(async () => {
    clock = new FixedClock();
    as = await FakeAuthorizationServer.start({ clock, audience: 'https://rs.test', securityEvents: true });
  });
  afterEach(() => as.stop());

  async function call(
    path: string,
    { authorization = `Bearer ${as.pat}`, form, json }: { authorization?: string; form?: object; json?: object } = {},
  ): Promise<Reply> {
    const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const content = form === undefined ? JSON.stringify(json) : new URLSearchParams({ ...form }).toString();
    const answer = await request(`${as.issuer}${path}`, {
      method: form === undefined && json === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': type },
      body: content,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === '' ? undefined : JSON.parse(text) };
  }
  const redeem = (ticket: string, authorization = 'Basic Y2xpZW50OnNlY3JldA==') => {
    const pushed = { claim_token: 'of bob', claim_token_format: ID_TOKEN_CLAIM_FORMAT };
    return call('/token', { authorization, form: { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...pushed } });
  };
  const introspect = async (token: string) => (await call('/introspect', { form: { token } })).body;

  it('gives a token for the ticket of a resource server, good for what it asked for', async () => {
    as.share('R1', 'view', 'print');
    const asked = await call('/permission', { json: { resource_id: 'R1', resource_scopes: ['view'] } });
    expect(asked).toEqual({ status: 201, body: { ticket: as.lastTicket } });
    const { status, body } = await redeem(as.lastTicket);
    expect(status).toBe(200);
    expect(await introspect((body as { access_token: string }).access_token)).toMatchObject({
      active: true,
      iss: as.issuer,
      aud: 'https://rs.test',
      permissions: [{ resource_id: 'R1', resource_scopes: ['view'] }],
    });
    expect(as.callsTo('token')[0]?.body).toMatchObject({ claim_token: 'of bob' });
  });

  it('gives none for a ticket that was used, for what is not shared, and to nobody', async () => {
    as.share('R1', 'view');
    const ticket = as.ticket({ R1: ['view'] });
    expect(await redeem(ticket, 'none')).toEqual({ status: 401, body: { error: 'invalid_client' } });
    expect((await redeem(ticket)).status).toBe(200);
    expect(await redeem(ticket)).toEqual({ status: 400, body: { error: 'invalid_grant' } });
    for (const wanted of [{ R1: ['view', 'print'] }, { R1: ['view'], R2: ['view'] }, { R2: [] }]) {
      expect(await redeem(as.ticket(wanted))).toEqual({ status: 403, body: { error: 'request_denied' } });
    }
    as.share('R1');
    expect((await redeem(as.ticket({ R1: ['view'] }))).status).toBe(403);
    const form = { grant_type: 'password' };
    expect((await call('/token', { authorization: 'Basic Og==', form })).body).toEqual({
      error: 'unsupported_grant_type',
    });
  });

  it('mints tokens that are other than they should be', async () => {
    const permissions = { R1: ['view'] };
    const bound = as.mint({ permissions, boundTo: { jkt: 'thumbprint' } });
    expect(await introspect(bound)).toMatchObject({ token_type: 'DPoP', cnf: { jkt: 'thumbprint' } });
    const past = as.mint({ permissions, expiresInSeconds: -1, audience: 'https://other.test' });
    expect(await introspect(past)).toMatchObject({ exp: clock.nowSeconds() - 1, aud: 'https://other.test' });
    const odd = as.mint({ permissions, claims: { iss: 'https://evil.test', exp: undefined } });
    expect(await introspect(odd)).toMatchObject({ iss: 'https://evil.test' });
    expect(await introspect(odd)).not.toHaveProperty('exp');
    expect(await introspect('made up')).toEqual({ active: false });
  });

  it('signs tokens that say the same as introspection, with a key that it publishes', async () => {
    const token = await as.mintSigned({ permissions: { R1: ['view'] } });
    const keys = createLocalJWKSet((await call('/jwks')).body as JSONWebKeySet);
    const options = { typ: 'at+jwt', audience: 'https://rs.test', currentDate: new Date(clock.nowMs()) };
    const { payload } = await jwtVerify(token, keys, options);
    expect(await introspect(token)).toEqual({ active: true, ...payload });
  });

  it('keeps registrations, and never gives an id twice', async () => {
    const first = await call('/resources', { json: { resource_scopes: ['view'] } });
    const path = `/resources/${encodeURIComponent((first.body as { _id: string })._id)}`;
    expect((await call(path)).body).toMatchObject({ resource_scopes: ['view'] });
    await request(`${as.issuer}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${as.pat}` } });
    expect((await call(path)).status).toBe(404);
    expect((await call('/resources', { json: { resource_scopes: [] } })).body).not.toMatchObject(first.body as object);
  });

  it('does as it was prepared, until it is told to behave', async () => {
    as.prepare('introspection', { status: 500, text: 'broken' });
    const answer = await request(`${as.issuer}/introspect`, { method: 'POST' });
    expect([answer.statusCode, await answer.body.text()]).toEqual([500, 'broken']);
    as.prepare('introspection', (response) => response.writeHead(418, { 'content-type': 'text/html' }).end('<p>'));
    const byHand = await request(`${as.issuer}/introspect`, { method: 'POST' });
    expect([byHand.statusCode, byHand.headers['content-type'], await byHand.body.text()]).toEqual([
      418,
      'text/html',
      '<p>',
    ]);
    as.prepare('introspection', undefined);
    expect(await introspect('made up')).toEqual({ active: false });
    expect(await call('/introspect', { authorization: 'Bearer wrong', form: {} })).toMatchObject({ status: 401 });
  });

  it('needs an audience to tell of what happens to tokens', async () => {
    await expect(FakeAuthorizationServer.start({ securityEvents: true })).rejects.toThrow('audience');
  });

  describe('that tells of withdrawals', () => {
    let receiver: Server;
    let pushes: { authorization: string | undefined; token: string }[];
    let status: number;

    beforeEach(async () => {
      pushes = [];
      status = 202;
      receiver = createServer((incoming, response) => {
        const { authorization } = incoming.headers;
        incoming.setEncoding('utf8').on('data', (token: string) => pushes.push({ authorization, token }));
        incoming.on('end', () => response.writeHead(status).end());
      });
      await once(receiver.listen(0, '127.0.0.1'), 'listening');
    });
    afterEach(() => {
      receiver.closeAllConnections();
      receiver.close();
    });

    async function register(): Promise<Reply> {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
      const delivery = { method: 'push', endpoint_url: url, authorization_header: 'Bearer let me in' };
      const form = { grant_type: 'client_credentials' };
      const { body } = await call('/token', { authorization: 'Basic cnMxOnNlY3JldA==', form });
      const authorization = `Bearer ${(body as { access_token: string }).access_token}`;
      return call('/streams', { authorization, json: { delivery } });
    }
    const told = async () => {
      const keys = createLocalJWKSet(as.keys.jwks() as JSONWebKeySet);
      const verified = pushes.map(({ token }) => jwtVerify(token, keys, { typ: 'secevent+jwt' }));
      return (await Promise.all(verified)).map(({ payload }) => payload);
    };

    it('pushes the end of a token to whoever has registered, with what they want to be shown', async () => {
      const waiting = as.registered();
      expect(await register()).toMatchObject({ status: 201, body: { aud: 'https://rs.test' } });
      await waiting;
      const token = as.mint({ permissions: { R1: ['view'] } });
      const { jti } = (await introspect(token)) as { jti: string };
      await as.withdraw(token, { tell: true });
      expect(await introspect(token)).toEqual({ active: false });
      expect(pushes[0]?.authorization).toBe('Bearer let me in');
      expect(await told()).toMatchObject([{ iss: as.issuer, sub_id: { session: { id: jti } } }]);
    });

    it('is heard once however often somebody registers for the same place', async () => {
      await register();
      await register();
      await as.signOfLife();
      expect(pushes).toHaveLength(1);
      expect(Object.keys((await told())[0]?.['events'] as object)).toEqual([expect.stringContaining('verification')]);
    });

    it('says so when nobody listens, and when somebody does not take it', async () => {
      await expect(as.signOfLife()).rejects.toThrow('No resource server has registered');
      await register();
      status = 400;
      await expect(as.signOfLife()).rejects.toThrow('with status 400');
    });

    it('lets nobody register who is not a client', async () => {
      const json = { delivery: { endpoint_url: 'http://127.0.0.1:9', authorization_header: 'x' } };
      expect((await call('/streams', { authorization: 'Bearer made-up', json })).status).toBe(401);
    });
  });
});
