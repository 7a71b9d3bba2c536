import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import fastify from 'fastify';
import { fetch, request } from 'undici';

import { isAuthorizationServerUnreachable, umaChallengeIn, umaMatchers } from './index.js';

const LINE = 'UMA realm="heart", as_uri="https://as.test", ticket="t1"';
const WARNING = '199 - "UMA Authorization Server Unreachable"';
const FOUND = { asUri: 'https://as.test', ticket: 't1' };

/** A refusal as a socket gets it. */
const message = (status: number, members: object = {}) => ({ status, error: 'invalid_token', ...members });
const asConnectError = (data: object) => Object.assign(new Error('invalid_token'), { data });

describe('umaChallengeIn', () => {
  it('finds the challenge in whatever answers over HTTP are held in', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': [LINE, 'Bearer realm="heart"'] }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const injected = fastify();
    injected.get('/', (_request, reply) => reply.status(401).header('www-authenticate', LINE).send());
    const answers = [await fetch(url), await request(url), await injected.inject('/')];
    expect(answers.map(umaChallengeIn)).toEqual([FOUND, FOUND, FOUND]);
    await Promise.all(answers.slice(1, 2).map((answer) => (answer as { body: { dump(): unknown } }).body.dump()));
    server.closeAllConnections();
    server.close();
    await injected.close();
  });

  it('finds it in what a socket gets, with an event and with its handshake', () => {
    const refusal = message(401, { as_uri: 'https://as.test', ticket: 't1' });
    expect([refusal, asConnectError(refusal)].map(umaChallengeIn)).toEqual([FOUND, FOUND]);
  });

  it.each<[string, unknown]>([
    ['another status', { status: 403, headers: { 'www-authenticate': LINE } }],
    ['another scheme', { status: 401, headers: { 'www-authenticate': 'Bearer realm="heart"' } }],
    ['no ticket', { status: 401, headers: { 'www-authenticate': 'UMA as_uri="https://as.test"' } }],
    ['a ticket in the body alone', { status: 401, headers: {}, ticket: 't1', as_uri: 'https://as.test' }],
    ['an unknown resource on a socket', message(404)],
    ['nothing', undefined],
  ])('finds none in %s', (_what, refusal) => {
    expect(umaChallengeIn(refusal)).toBeUndefined();
  });
});

describe('isAuthorizationServerUnreachable', () => {
  it('knows the news over HTTP and on sockets', () => {
    expect(isAuthorizationServerUnreachable({ status: 403, headers: { warning: WARNING } })).toBe(true);
    expect(isAuthorizationServerUnreachable(new Response(null, { status: 403, headers: { warning: WARNING } }))).toBe(
      true,
    );
    const told = message(403, { error: 'temporarily_unavailable' });
    expect([told, asConnectError(told)].map(isAuthorizationServerUnreachable)).toEqual([true, true]);
  });

  it.each<[string, unknown]>([
    ['a plain 403', { status: 403, headers: {} }],
    ['a challenge', { status: 401, headers: { warning: WARNING, 'www-authenticate': LINE } }],
    ['the news with a challenge', { status: 403, headers: { warning: WARNING, 'www-authenticate': LINE } }],
    ['an ordinary refusal on a socket', message(403, { error: 'access_denied' })],
  ])('does not take %s for it', (_what, refusal) => {
    expect(isAuthorizationServerUnreachable(refusal)).toBe(false);
  });
});

describe('umaMatchers', () => {
  const refusal = { status: 401, headers: { 'www-authenticate': LINE } };
  const matching = (expected: { asUri: string; ticket?: string }, received: unknown = refusal) =>
    umaMatchers.toBeUmaChallenge(received, expected);

  it('pass for the authorization server and the ticket that are expected, or any ticket', () => {
    expect(matching(FOUND).pass).toBe(true);
    expect(matching({ asUri: FOUND.asUri }).pass).toBe(true);
    expect(umaMatchers.toBeAuthorizationServerUnreachable({ status: 403, headers: { warning: WARNING } }).pass).toBe(
      true,
    );
  });

  it('fail for all else, and say what was got instead', () => {
    expect(matching({ ...FOUND, ticket: 't2' })).toMatchObject({ pass: false });
    expect(matching({ asUri: 'https://other.test' }).message()).toBe(
      'expected a challenge for https://other.test with a ticket, and got a challenge for https://as.test with t1',
    );
    const bearer = { status: 401, headers: { 'www-authenticate': 'Bearer realm="heart"' } };
    expect(matching(FOUND, bearer).message()).toContain('and got status 401, Bearer realm="heart"');
    expect(umaMatchers.toBeAuthorizationServerUnreachable(refusal).pass).toBe(false);
    expect(umaMatchers.toBeAuthorizationServerUnreachable(undefined).message()).toContain('and got status unknown');
  });

  it('say of what should not have been that it was', () => {
    expect(matching(FOUND).message()).toMatch(/^expected anything but a challenge/);
  });
});
