import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import Koa from 'koa';
import { request } from 'undici';

import {
  createAuthorizationServer,
  type EmbeddedAuthorizationServer,
} from '../../src/apps/embedded-authorization-server.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { freePort } from '../support/free-port.js';

const CALLBACK = 'http://127.0.0.1:9/callback';
const VERIFIER = 'a-code-verifier-of-a-test-that-is-as-long-as-it-has-to-be';

@Controller('photos')
class PhotosController {
  @Get()
  list(): string {
    return 'photos';
  }

  @Post()
  add(@Body() body: object): object {
    return body;
  }
}

@Module({ controllers: [PhotosController] })
class AlbumModule {}

/** Serves the album and, at /as, the authorization server. @returns how to stop */
type Host = (port: number, authorizationServer: EmbeddedAuthorizationServer) => Promise<() => Promise<unknown>>;

const HOSTS: readonly [string, Host][] = [
  [
    'Nest',
    async (port, { handle }) => {
      const module = await Test.createTestingModule({ imports: [AlbumModule] }).compile();
      const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
      app.use('/as', handle);
      await app.listen(port, '127.0.0.1');
      return () => app.close();
    },
  ],
  [
    'Koa, which oidc-provider is made of',
    async (port, { handle }) => {
      const koa = new Koa();
      koa.use((context) => {
        if (!context.path.startsWith('/as/')) context.body = context.method === 'GET' ? 'photos' : { title: 'beach' };
        else {
          context.respond = false;
          handle(context.req, context.res);
        }
      });
      const server = koa.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return () => Promise.resolve(server.close());
    },
  ],
  [
    'Node alone',
    async (port, { handle }) => {
      const server = createServer((incoming, response) => {
        if (incoming.url?.startsWith('/as/') === true) handle(incoming, response);
        else response.end(incoming.method === 'GET' ? 'photos' : '{"title":"beach"}');
      });
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return () => Promise.resolve(server.close());
    },
  ],
];

describe.each(HOSTS)('an authorization server inside of another application: %s', (_name, host) => {
  let folder: string;
  let origin: string;
  let authorizationServer: EmbeddedAuthorizationServer;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-embedded-'));
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    authorizationServer = await createAuthorizationServer({
      AS_ISSUER: `${origin}/as`,
      SECRET_KEY: 'a secret key that only the tests know',
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
      AS_ACCOUNTS: JSON.stringify([
        { username: 'alice', password: 'password-of-alice', name: 'Alice', email: 'alice@example.org' },
      ]),
      AS_CLIENTS: JSON.stringify([
        {
          client_id: 'album',
          client_secret: 'secret-of-the-album',
          resource: origin,
          redirect_uris: [CALLBACK],
          scope: 'openid uma_protection',
        },
      ]),
    });
    stop = await host(port, authorizationServer);
  });
  afterAll(async () => {
    await stop();
    await authorizationServer.close();
    rmSync(folder, { recursive: true });
  });

  async function call(path: string, init: Parameters<typeof request>[1] = {}) {
    const { statusCode: status, headers, body } = await request(`${origin}${path}`, init);
    const text = await body.text();
    return { status, headers, text, json: () => JSON.parse(text) as Record<string, unknown> };
  }

  /** Alice signs in, and lets the album protect her photos. @returns the PAT */
  async function pat(): Promise<string> {
    const query = new URLSearchParams({
      ...{ client_id: 'album', response_type: 'code', redirect_uri: CALLBACK, scope: 'openid uma_protection' },
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const browser = new UserAgent({ stopAt: [CALLBACK] });
    await browser.get(`${origin}/as/authorize?${query.toString()}`);
    await browser.submit({ username: 'alice', password: 'password-of-alice' }, { button: 'Sign in' });
    if (browser.page.title.startsWith('Allow')) await browser.submit({}, { button: 'Allow' });
    const { code = '' } = browser.page.query;
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
    const answer = await call('/as/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('album:secret-of-the-album').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    });
    return String(answer.json()['access_token']);
  }

  it('publishes its metadata below its issuer', async () => {
    const { status, json } = await call('/as/.well-known/uma2-configuration');
    expect(status).toBe(200);
    expect(json()).toMatchObject({ issuer: `${origin}/as`, permission_endpoint: `${origin}/as/uma/permission` });
  });

  it('signs people in, registers resources and hands out tickets', async () => {
    const headers = { authorization: `Bearer ${await pat()}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'Beach', resource_scopes: ['view', 'print'] });
    const registered = await call('/as/uma/resources', { method: 'POST', headers, body });
    expect(registered.status).toBe(201);
    const permission = { resource_id: registered.json()['_id'], resource_scopes: ['view'] };
    const asked = { method: 'POST', headers, body: JSON.stringify(permission) } as const;
    const ticket = await call('/as/uma/permission', asked);
    expect(ticket.json()['ticket']).toEqual(expect.any(String));
  });

  it('refuses in its own words, and wears its own headers', async () => {
    const { status, headers, json } = await call('/as/uma/resources');
    expect(status).toBe(401);
    expect(json()).toEqual({});
    expect(headers['content-security-policy']).toBeDefined();
  });

  it('leaves the application around it alone', async () => {
    const list = await call('/photos');
    expect(list.text).toBe('photos');
    expect(list.headers['content-security-policy']).toBeUndefined();
    const json = { 'content-type': 'application/json' };
    expect((await call('/photos', { method: 'POST', headers: json, body: '{"title":"beach"}' })).json()).toEqual({
      title: 'beach',
    });
  });
});

it('an authorization server inside of another application is not made with wrong settings, which are named', async () => {
  const settings = { AS_ISSUER: 'http://127.0.0.1:9/as', SECRET_KEY: 'short' };
  await expect(createAuthorizationServer(settings)).rejects.toThrow('SECRET_KEY');
});
