import { randomUUID } from 'node:crypto';

import { authorizationServerCases, trafficCases } from '../cases/authorization-server/index.js';
import type { Driver, Fixtures, PolicyDriver } from '../drivers/driver.js';
import { Traffic } from '../http/traffic.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { type Incoming, LoopbackServer, type Reply } from '../loopback/loopback-server.js';
import { runCases } from '../suite/runner.js';
import { Skipped } from '../suite/conformance-case.js';
import { OwnProviderClaimTokens } from '../world/claim-tokens.js';
import { UMA_GRANT } from '../world/client.js';
import { discover } from '../world/metadata.js';
import { Protocol } from '../world/protocol.js';
import { World } from '../world/world.js';

type Json = Readonly<Record<string, unknown>>;

/** An authorization server that says yes to everybody and everything, and forgets nothing. */
class NaiveAuthorizationServer {
  private readonly resources = new Map<string, Json>();
  private readonly tickets = new Map<string, readonly Json[]>();
  private readonly rpts = new Map<string, readonly Json[]>();

  answer({ url, method, body }: Incoming): Reply {
    const { pathname, origin } = url;
    if (pathname === '/.well-known/uma2-configuration') return { status: 200, json: this.metadata(origin) };
    if (pathname.startsWith('/resources'))
      return this.resource(method, pathname.slice('/resources/'.length), body, origin);
    if (pathname === '/permission') return this.permission(body);
    if (pathname === '/token') return this.token(new URLSearchParams(body));
    if (pathname === '/introspect') return this.introspect(new URLSearchParams(body).get('token') ?? '');
    return { status: 404 };
  }

  private metadata(origin: string): Json {
    return {
      issuer: origin,
      token_endpoint: `${origin}/token`,
      permission_endpoint: `${origin}/permission`,
      introspection_endpoint: `${origin}/introspect`,
      resource_registration_endpoint: `${origin}/resources/`,
      grant_types_supported: [UMA_GRANT],
    };
  }

  private resource(method: string, id: string, body: string, origin: string): Reply {
    if (id === '')
      return method === 'GET' ? { status: 200, json: [...this.resources.keys()] } : this.register(body, origin);
    if (method === 'DELETE') return { status: this.resources.delete(id) ? 204 : 404 };
    const known = this.resources.get(id);
    if (known === undefined) return { status: 404 };
    if (method !== 'GET') this.resources.set(id, { ...known, ...(JSON.parse(body) as Json) });
    return { status: 200, json: { _id: id, ...this.resources.get(id) } };
  }

  private register(body: string, origin: string): Reply {
    const id = randomUUID();
    this.resources.set(id, body.startsWith('{"') ? (JSON.parse(body) as Json) : {});
    return { status: 201, headers: { location: `${origin}/resources/${id}` }, json: { _id: id } };
  }

  private permission(body: string): Reply {
    const ticket = randomUUID();
    this.tickets.set(ticket, [JSON.parse(body === '' ? '[]' : body)].flat() as Json[]);
    return { status: 201, json: { ticket } };
  }

  private token(form: URLSearchParams): Reply {
    const rpt = randomUUID();
    this.rpts.set(rpt, this.tickets.get(form.get('ticket') ?? '') ?? []);
    // Cached as long as anybody likes.
    return { status: 200, headers: { 'cache-control': 'public' }, json: { access_token: rpt, token_type: 'Bearer' } };
  }

  private introspect(token: string): Reply {
    const permissions = this.rpts.get(token);
    return { status: 200, json: permissions === undefined ? { active: false } : { active: true, permissions } };
  }
}

const share = { withdraw: () => Promise.resolve() };
const policy: PolicyDriver = {
  permit: () => Promise.resolve(share),
  needsClaim: () => Promise.resolve(share),
  ownerApproval: () => Promise.reject(new Skipped('Nobody is asked here.')),
  deny: () => Promise.resolve(),
};

const client = (id: string) => ({ id, secret: 'secret' });

describe('the suite, with a naive authorization server', () => {
  it('fails what such a server does wrong, and passes what it does right', async () => {
    const [provider, stranger] = [await IdentityProvider.start(), await IdentityProvider.start()];
    const naive = new NaiveAuthorizationServer();
    const server = await LoopbackServer.start((incoming) => naive.answer(incoming));
    try {
      const fixtures: Fixtures = {
        clients: { rs1: client('rs1'), rs2: client('rs2'), c1: client('c1'), c2: client('c2') },
        pats: { a1: 'a1', a2: 'a2', c1: 'c1', empty: 'empty' },
        plainToken: 'plain',
        claimTokens: new OwnProviderClaimTokens(provider, stranger),
      };
      const driver: Driver = {
        name: 'naive',
        sideBySide: 1,
        policy,
        setUp: () => Promise.resolve(fixtures),
        close: () => Promise.resolve(),
      };
      const world = new World(new Protocol(await discover(server.origin), new Traffic()), fixtures, driver);
      const reports = await runCases([...authorizationServerCases, ...trafficCases], world, { sideBySide: 1 });
      const idsOf = (wanted: string) => reports.filter(({ status }) => status === wanted).map(({ id }) => id);
      const right =
        'T01.1 T01.2 T01.3 T06.1 T06.2 T07 T12 T13 T17 T21.5 T22.2 T28.2 T30.1 T30.3 T30.4 T38 T39.1 T39.6 T00.2';
      expect(idsOf('pass').join(' ')).toBe(right);
      expect(idsOf('fail')).toEqual(
        expect.arrayContaining(['T03', 'T05.1', 'T14.1', 'T18.1', 'T19', 'T24.3', 'T29.1']),
      );
      expect(idsOf('skip')).toEqual(expect.arrayContaining(['T02', 'T20.2', 'T26.1', 'T32.1', 'T32b.1', 'T33.1']));
      expect(reports.filter(({ detail }) => detail.includes('broke off'))).toEqual([]);
    } finally {
      await Promise.all([server.stop(), provider.stop(), stranger.stop()]);
    }
  });
});
