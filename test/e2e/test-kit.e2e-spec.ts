import type { INestApplication } from '@nestjs/common';
import { request } from 'undici';

import { MemoryRptStore, Secret, UmaClient } from '../../src/client/uma-client/index.js';
import { FakeAuthorizationServer, FixedClock, FixedPats, FixedResources, ProofMaker } from '../../src/testing/index.js';
import type { DecisionMode } from '../../src/uma/index.js';
import { freePort } from '../support/free-port.js';
import { guardedApplication, SECRET_BEAT } from '../support/guarded-application.js';
import '../support/uma-matchers.js';

const READ = { R1: ['heart-rate:read'] };
const PATH = '/resources/heart/heart-rate';

/** The test kit in front of the real guard: what it makes is what the guard takes, or refuses, for the reason it is made. */
describe('the test kit', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let app: INestApplication;
  let base: string;

  beforeEach(async () => {
    clock = new FixedClock();
    base = `http://127.0.0.1:${await freePort()}`;
    as = await FakeAuthorizationServer.start({ clock, audience: base, securityEvents: true });
  });
  afterEach(async () => {
    await app.close();
    await as.stop();
  });

  async function start(decisionMode: DecisionMode): Promise<void> {
    const owner = { issuer: as.issuer, subject: 'alice' };
    const source = { issuer: as.issuer, clientId: 'rs', clientSecret: new Secret('secret of a test') };
    app = await guardedApplication(
      {
        clock,
        pats: new FixedPats().set('alice', as.pat),
        resources: new FixedResources().add({ id: 'heart', owner, umaResourceId: 'R1' }),
      },
      {
        audience: base,
        decisionMode,
        securityEvents: { endpointUrl: `${base}/security-events`, sources: [source] },
      },
      Number(new URL(base).port),
    );
  }

  const ask = async (authorization: string, dpop?: string) => {
    const headers = { authorization, ...(dpop !== undefined && { dpop }) };
    const answer = await request(`${base}${PATH}`, { headers });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  };
  const bear = (token: string) => ask(`Bearer ${token}`);

  describe.each<[DecisionMode, 'mint' | 'mintSigned']>([
    ['introspection', 'mint'],
    ['introspection', 'mintSigned'],
    ['jwt', 'mintSigned'],
    ['both', 'mint'],
    ['both', 'mintSigned'],
  ])('where tokens are judged by %s (%s)', (mode, mint) => {
    beforeEach(() => start(mode));

    it('makes a token that opens what it permits', async () => {
      expect(await bear(await as[mint]({ permissions: READ }))).toMatchObject({ status: 200 });
    });

    it.each<[string, object]>([
      ['for another resource', { permissions: { R2: ['heart-rate:read'] } }],
      ['with another scope', { permissions: { R1: ['heart-rate:summary'] } }],
      ['for another audience', { permissions: READ, audience: 'https://other.test' }],
      ['that has ended', { permissions: READ, expiresInSeconds: -1 }],
      ['of another issuer', { permissions: READ, claims: { iss: 'https://evil.test' } }],
      ['that is bound to a key', { permissions: READ, boundTo: { jkt: 'thumbprint' } }],
    ])('makes a token %s, which opens nothing', async (_what, terms) => {
      const reply = await bear(await as[mint](terms as { permissions: typeof READ }));
      expect(reply).toBeUmaChallenge({ asUri: as.issuer, ticket: as.lastTicket });
      expect(reply.body).not.toContain(SECRET_BEAT);
    });

    it('makes a proof for a token that is bound to its key, good for one use', async () => {
      const maker = await ProofMaker.make();
      const token = await as[mint]({ permissions: READ, boundTo: maker });
      const proof = await maker.proof({ token, url: `${base}${PATH}`, nowSeconds: clock.nowSeconds() });
      expect(await ask(`DPoP ${token}`, proof)).toMatchObject({ status: 200 });
      expect(await ask(`DPoP ${token}`, proof)).toBeUmaChallenge({ asUri: as.issuer });
    });

    it('lets a token end by letting time pass', async () => {
      const token = await as[mint]({ permissions: READ });
      expect((await bear(token)).status).toBe(200);
      clock.advanceMs(899_000);
      expect((await bear(token)).status).toBe(200);
      clock.advanceMs(1_000);
      expect((await bear(token)).status).toBe(401);
    });
  });

  it('takes tokens back, which is noticed after ten seconds, or at once when it tells', async () => {
    await start('introspection');
    const [untold, told] = [as.mint({ permissions: READ }), as.mint({ permissions: READ })];
    expect((await bear(untold)).status).toBe(200);
    await as.withdraw(untold);
    expect((await bear(untold)).status).toBe(200);
    clock.advanceMs(10_000);
    expect((await bear(untold)).status).toBe(401);

    await as.registered();
    await as.signOfLife();
    expect((await bear(told)).status).toBe(200);
    clock.advanceMs(11_000);
    expect((await bear(told)).status).toBe(200);
    const asked = as.callsTo('introspection').map(({ body }) => (body as { token: string }).token);
    expect(asked).toEqual([untold, untold, told]);
    await as.withdraw(told, { tell: true });
    expect((await bear(told)).status).toBe(401);
  });

  it('plays the authorization server for a client from the refusal to the answer', async () => {
    await start('introspection');
    const client = new UmaClient({
      ...{ clientId: 'viewer', clientSecret: new Secret('secret of a test') },
      trusted: new Map([[base, [as.issuer]]]),
      store: new MemoryRptStore(),
      clock,
    });
    const bob = { issuer: as.issuer, subject: 'bob', idToken: () => Promise.resolve(new Secret('ID token of bob')) };
    expect(await client.read(`${base}${PATH}`, bob)).toMatchObject({ kind: 'denied' });
    as.share('R1', 'heart-rate:read');
    const answer = await client.read(`${base}${PATH}`, bob);
    expect(answer.kind === 'answered' && (await answer.response.text())).toContain(SECRET_BEAT);
    as.prepare('permission', 'hang');
    as.prepare('introspection', { status: 500 });
    clock.advanceMs(10_000);
    expect(await client.read(`${base}${PATH}`, bob)).toMatchObject({
      kind: 'authorization-server-unreachable',
      reportedBy: 'resource-server',
    });
  });

  it('lets a test see that its authorization server is away', async () => {
    await start('introspection');
    await as.stop();
    expect(await bear('rpt')).toBeAuthorizationServerUnreachable();
    expect(await bear('rpt')).not.toBeUmaChallenge({ asUri: as.issuer });
  });
});
