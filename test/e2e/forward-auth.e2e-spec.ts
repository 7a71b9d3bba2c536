import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

import { ProofMaker } from '../../src/testing/index.js';
import { type ForwardAuthProxy, parseForwardAuthRule } from '../../src/uma/index.js';
import { bearing, GuardWorld, type Reply } from '../support/guard-world.js';
import { Nginx } from '../support/nginx.js';
import '../support/uma-matchers.js';

const READ = 'heart-rate:read';
const SUMMARY = 'heart-rate:summary';
const RULES = [
  `GET /reports/:id ${READ}`,
  `POST /reports/:id/notes ${READ}+${SUMMARY}`,
  `GET /files/:id/** ${SUMMARY}|${READ}`,
];

type Headers = Readonly<Record<string, string | string[]>>;

describe('forward authorization', () => {
  let world: GuardWorld;

  afterEach(() => world.stop());

  async function start(proxy: ForwardAuthProxy): Promise<void> {
    const rules = RULES.map(parseForwardAuthRule);
    world = await GuardWorld.start({ forwardAuth: { proxy, rules, origin: 'https://reports.test' } });
    world.as.tokens.set('rpt', world.active({ R1: [READ] }, { client_id: 'c1' }));
  }

  function expectChallenge(reply: Reply): void {
    expect(reply).toBeUmaChallenge({ asUri: world.as.issuer, ticket: world.as.lastTicket });
  }

  describe('behind nginx, a real one', () => {
    let service: Server;
    let nginx: Nginx;
    let reached: { method?: string; url?: string; headers: IncomingHttpHeaders }[];

    beforeEach(async () => {
      await start('nginx');
      reached = [];
      service = createServer(({ method = '', url = '', headers }, response) => {
        reached.push({ method, url, headers });
        response.end('a report');
      }).listen(0, '127.0.0.1');
      await once(service, 'listening');
      const { port } = service.address() as AddressInfo;
      nginx = await Nginx.start(`
        location / {
          auth_request /ask;
          auth_request_set $uma_resource $upstream_http_x_uma_resource;
          auth_request_set $uma_client $upstream_http_x_uma_client;
          proxy_set_header X-Uma-Resource $uma_resource;
          proxy_set_header X-Uma-Client $uma_client;
          proxy_set_header Authorization "";
          proxy_pass http://127.0.0.1:${port};
        }
        location = /ask {
          internal;
          proxy_pass ${world.base}/forward-auth;
          proxy_pass_request_body off;
          proxy_set_header Content-Length "";
          proxy_set_header X-Original-Method $request_method;
          proxy_set_header X-Original-URI $request_uri;
        }`);
    });

    afterEach(async () => {
      await nginx.stop();
      await new Promise((resolve) => service.close(resolve));
    });

    async function through(path: string, headers: Headers = {}, method: 'GET' | 'POST' = 'GET'): Promise<Reply> {
      const answer = await request(`${nginx.origin}${path}`, { method, headers });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    }

    it('lets a request through whose token opens the resource, and tells the service what was decided', async () => {
      const reply = await through('/reports/heart?page=2', bearing('rpt'));
      expect([reply.status, reply.body]).toEqual([200, 'a report']);
      expect(reached).toMatchObject([
        { url: '/reports/heart?page=2', headers: { 'x-uma-resource': 'heart', 'x-uma-client': 'c1' } },
      ]);
      expect(reached[0]?.headers.authorization).toBeUndefined();
    });

    it('turns a request away without a token, with a ticket for its client (UMA Grant 3.2.1)', async () => {
      expectChallenge(await through('/reports/heart'));
      expect(world.as.callsTo('permission')[0]?.body).toEqual({ resource_id: 'R1', resource_scopes: [READ] });
      expect(reached).toEqual([]);
    });

    it('turns a request away whose token opens something else', async () => {
      expectChallenge(await through('/reports/lungs', bearing('rpt')));
      expectChallenge(await through('/reports/heart/notes', bearing('rpt'), 'POST'));
      expect(reached).toEqual([]);
    });

    it.each([
      '/',
      '/reports',
      '/reports/stomach',
      '/reports/heart/..',
      '/files/heart/%2e%2e/x',
      '/forward-auth',
      '/ask',
    ])('turns a request away that no rule is for, or whose resource does not exist: %s', async (path) => {
      const { status } = await through(path, bearing('rpt'));
      expect([403, 404]).toContain(status);
      expect(reached).toEqual([]);
    });

    it('does not listen to what a client says of its own request', async () => {
      const headers = { ...bearing('rpt'), 'x-original-uri': '/reports/heart', 'x-original-method': 'GET' };
      expectChallenge(await through('/reports/lungs', headers));
      expect(reached).toEqual([]);
    });

    it('is closed while the authorization server is away', async () => {
      await world.as.stop();
      expect((await through('/reports/heart', bearing('rpt'))).status).toBe(403);
      expect(reached).toEqual([]);
    });

    it('notices a withdrawal', async () => {
      await through('/reports/heart', bearing('rpt'));
      world.as.tokens.delete('rpt');
      world.clock.advanceMs(10_000);
      expectChallenge(await through('/reports/heart', bearing('rpt')));
      expect(reached).toHaveLength(1);
    });

    it('checks a proof of possession for the address that the client knows (T46)', async () => {
      const maker = await ProofMaker.make();
      world.as.tokens.set('bound', world.active({ R1: [READ] }, { token_type: 'DPoP', cnf: { jkt: maker.jkt } }));
      const about = { token: 'bound', nowSeconds: world.clock.nowSeconds() };
      const authorization = 'DPoP bound';
      const right = await maker.proof({ ...about, url: 'https://reports.test/reports/heart' });
      const wrong = await maker.proof({ ...about, url: 'https://reports.test/reports/lungs' });
      expect((await through('/reports/heart', { authorization, dpop: right })).status).toBe(200);
      expectChallenge(await through('/reports/heart', { authorization, dpop: wrong }));
      expectChallenge(await through('/reports/heart', bearing('bound')));
    });
  });

  describe('as Traefik asks', () => {
    it('decides by the headers that it forwards', async () => {
      await start('traefik');
      const about = (uri: string, method = 'GET') => ({ 'x-forwarded-method': method, 'x-forwarded-uri': uri });
      const allowed = await world.call('/forward-auth', { ...about('/files/heart/a/b'), ...bearing('rpt') });
      expect([allowed.status, allowed.headers['x-uma-scopes']]).toEqual([200, READ]);
      expectChallenge(await world.call('/forward-auth', about('/reports/heart')));
      expect((await world.call('/forward-auth', { ...about('/reports/heart', 'PUT'), ...bearing('rpt') })).status).toBe(
        403,
      );
      expect((await world.call('/forward-auth', bearing('rpt'))).status).toBe(403);
    });
  });

  describe('as Envoy asks', () => {
    it('decides by method and address of the question', async () => {
      await start('envoy');
      expect((await world.call('/forward-auth/reports/heart?page=2', bearing('rpt'))).status).toBe(200);
      expectChallenge(await world.call('/forward-auth/reports/heart'));
      expect((await world.call('/forward-auth/unknown/heart', bearing('rpt'))).status).toBe(403);
      expect((await world.call('/forward-auth', bearing('rpt'))).status).toBe(403);
    });
  });

  it('is not there when no proxy is set', async () => {
    world = await GuardWorld.start();
    expect((await world.call('/forward-auth', bearing('rpt'))).status).toBe(404);
  });
});
