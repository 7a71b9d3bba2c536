import { createHash } from 'node:crypto';

import { resourceServerCases } from '../cases/resource-server/index.js';
import { member } from '../http/answer.js';
import { exchange } from '../http/exchange.js';
import { LoopbackServer, type Reply } from '../loopback/loopback-server.js';
import { MockAuthorizationServer } from '../mocks/mock-authorization-server.js';
import { umaChallenge } from '../mocks/mock-resource-server.js';
import { runCases } from '../suite/runner.js';
import { ResourceServerWorld } from '../world/resource-server-world.js';

const SCOPE = 'heart-rate:read';
const CONTENT = { heartRate: 137 };

/** A resource server as samples show it: it looks at the first permission, at nothing else, and only when that is easy. */
class NaiveResourceServer {
  private resourceId = '';
  private pat = '';

  constructor(private readonly issuer: string) {}

  async signIn(): Promise<void> {
    const query = new URLSearchParams({
      client_id: 'naive',
      redirect_uri: 'https://rs.test/cb',
      scope: 'uma_protection',
      code_challenge: createHash('sha256').update('verifier').digest('base64url'),
    });
    const { headers } = await exchange('GET', `${this.issuer}/authorize?${query.toString()}`);
    const code = new URL(headers['location']?.[0] ?? '').searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: 'verifier' };
    this.pat = String(member(await exchange('POST', `${this.issuer}/token`, { form }), 'access_token'));
    const json = { resource_scopes: [SCOPE] };
    const registered = await exchange('POST', `${this.issuer}/resources/`, { bearer: this.pat, json });
    this.resourceId = String(member(registered, '_id'));
  }

  async answer(token: string | undefined): Promise<Reply> {
    const form = { token: token ?? '' };
    const { json } = await exchange('POST', `${this.issuer}/introspect`, { bearer: this.pat, form });
    const { permissions } = json as { permissions?: { resource_scopes: string[] }[] };
    if (permissions?.[0]?.resource_scopes[0] === SCOPE) return { status: 200, json: CONTENT };
    const asked = { resource_id: this.resourceId, resource_scopes: [SCOPE] };
    const { status, json: given } = await exchange('POST', `${this.issuer}/permission`, {
      bearer: this.pat,
      json: asked,
    });
    if (status !== 201) return { status: 500 };
    const ticket = String(member({ json: given }, 'ticket'));
    return { status: 401, headers: { 'www-authenticate': umaChallenge(this.issuer, ticket) } };
  }
}

describe('the suite, with a naive resource server', () => {
  it('fails what such a server does wrong, and passes what it does right', async () => {
    const authorizationServer = await MockAuthorizationServer.start('alice');
    const naive = new NaiveResourceServer(authorizationServer.issuer);
    await naive.signIn();
    const server = await LoopbackServer.start(({ headers }) =>
      naive.answer(headers.authorization?.slice('Bearer '.length)),
    );
    try {
      const content = JSON.stringify(CONTENT).slice(1, -1);
      const underTest = { url: server.origin, scope: SCOPE, content, audience: server.origin, cacheSeconds: 0 };
      const world = new ResourceServerWorld(authorizationServer, { ...underTest, stop: () => server.stop() });
      // A server that hangs with its authorization server would keep this test waiting.
      const cases = resourceServerCases.filter(({ id }) => !['T42.1', 'T45.1', 'T45.2'].includes(id));
      const reports = await runCases(cases, world, { sideBySide: 1 });
      const skipped = reports.filter(({ status }) => status === 'skip').map(({ id }) => id);
      expect(skipped).toEqual(['T46.0', 'T46.2', 'T46.3', 'T46.4', 'T46.5', 'T46.6']); // it knows no proofs
      const failed = reports.filter(({ status }) => status === 'fail').map(({ id }) => id);
      const looksAtTheFirstAlone = ['T44.1', 'T44.2'];
      const looksAtNothingElse = ['T44.4', 'T44.5', 'T44.8', 'T44.9', 'T46.1'];
      expect(failed).toEqual(['T42.2', 'T42.3', 'T42.4', ...looksAtTheFirstAlone, ...looksAtNothingElse]);
    } finally {
      await server.stop();
      await authorizationServer.stop();
    }
  });
});
