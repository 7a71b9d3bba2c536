import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Shares } from '../../src/authorization-server/owner/shares.js';
import { Secret } from '../../src/common/secret.js';
import { MemoryRptStore, UmaClient } from '../../src/client/uma-client/index.js';
import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database } from '../../src/database/database.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { formatUmaChallenge } from '../../src/uma/protocol/challenge.js';
import { PEOPLE } from '../support/authorization-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type Answer, claim, R1, RS1, type TestClient, UmaWorld, UNLIMITED } from '../support/uma-world.js';

const CALLBACK = 'http://127.0.0.1:9/claims/cb';
const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';

describeOnEachDatabase('the threats to user-managed access', (open) => {
  let world: UmaWorld;
  /** A client that renews its tokens and sends people to the claims interaction endpoint. */
  let client: TestClient;
  let resource: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    client = await world.registerClient({
      grant_types: ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE],
      scope: `openid ${READ} ${DOWNLOAD}`,
      claims_redirect_uris: [CALLBACK],
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.backToPresent();
    resource = await world.register();
  });

  const tokenOf = ({ body }: Answer): string => String(body['access_token']);
  const redeemAs = async (username: string, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    world.redeemAs(username, await world.ticketFor(resource, READ), parameters, client);
  /** Bob tells who he is at the claims interaction endpoint, and that it may be remembered. @returns the next ticket */
  async function tellInPerson(ticket: string): Promise<string> {
    const bob = new UserAgent({ stopAt: [CALLBACK] });
    const query = new URLSearchParams({ client_id: client.id, ticket, claims_redirect_uri: CALLBACK, state: 'abc' });
    await bob.get(`${world.issuer}/uma/claims?${query.toString()}`);
    await bob.submit({ username: 'bob', password: PEOPLE[1]?.password ?? '' }, { button: 'Sign in' });
    return (await bob.submit({ remember: 'yes' }, { button: 'Continue' })).query['ticket'] ?? '';
  }

  /** A PCT of Bob's, who allowed it. */
  async function pctOfBob(): Promise<string> {
    const answer = await world.redeem(await tellInPerson(await world.ticketFor(resource, READ)), {}, client);
    return String(answer.body['pct']);
  }

  describe('SEC-1: a resource server passes on the ticket of another one', () => {
    let rogue: Server;
    let rogueUrl: string;
    const heard: IncomingHttpHeaders[] = [];

    beforeAll(async () => {
      rogue = createServer((request, response) => {
        heard.push(request.headers);
        void world.ticketFor(resource, READ).then((ticket) => {
          const challenge = formatUmaChallenge('heart', { asUri: world.issuer, ticket });
          response.writeHead(401, { 'www-authenticate': challenge }).end();
        });
      });
      await new Promise<void>((resolve) => rogue.listen(0, '127.0.0.1', resolve));
      rogueUrl = `http://127.0.0.1:${(rogue.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      rogue.closeAllConnections();
      await new Promise((resolve) => rogue.close(resolve));
    });

    it('and the authorization server gives nothing for it, so that no token goes there', async () => {
      await world.shareWith(await world.person('bob'), resource);
      const viewer = new UmaClient({
        clientId: client.id,
        clientSecret: new Secret(client.secret),
        trusted: new Map([[rogueUrl, [world.issuer]]]),
        store: new MemoryRptStore(),
        clock: world.server.clock,
      });
      const bob = {
        issuer: world.issuer,
        subject: await world.accountId('bob'),
        idToken: async () => new Secret(await world.idToken(client)),
      };
      expect(await viewer.read(`${rogueUrl}/heart-rate`, bob)).toEqual({
        kind: 'refused',
        authorizationServer: world.issuer,
        error: 'invalid_target',
      });
      expect(heard).toHaveLength(1);
      expect(heard[0]).not.toHaveProperty('authorization');
    });

    it('and the answer names whom the token is for, so that an older client can tell', async () => {
      await world.shareWith(await world.person('bob'), resource);
      expect((await redeemAs('bob')).body['resource']).toEqual([RS1]);
    });
  });

  describe('SEC-4: what one person told is used for another', () => {
    beforeEach(async () => {
      await world.shareWith(await world.person('bob'), resource);
      await world.shareWith(await world.person('carol'), resource);
    });

    it('but consent of one person to be remembered is not that of another (GRANT-5.2-d, GRANT-6.2-a)', async () => {
      const pct = await pctOfBob();
      const ofCarol = await redeemAs('carol', { pct });
      expect(ofCarol.status).toBe(200);
      expect(ofCarol.body).not.toHaveProperty('pct');
    });

    it('but a PCT outlives being sent with somebody else’s claim token', async () => {
      const pct = await pctOfBob();
      await redeemAs('carol', { pct });
      const again = await world.redeem(await world.ticketFor(resource, READ), { pct }, client);
      expect(again).toMatchObject({ status: 200, body: { pct: expect.any(String) as string } });
    });

    it('but consent that was given in a process ends when the process is about somebody else', async () => {
      const next = await tellInPerson(await world.ticketFor(resource, READ));
      const ofCarol = await world.redeem(next, claim(await world.idToken(client, 'carol')), client);
      expect(ofCarol.status).toBe(200);
      expect(ofCarol.body).not.toHaveProperty('pct');
    });
  });

  it('SEC-7: whoever reads the database finds nothing there that could be presented, and nobody’s claims', async () => {
    await world.shareWith({ kind: 'email', email: 'bob@example.org' }, resource);
    const open = await world.ticketFor(resource, READ);
    const used = await world.ticketFor(resource, READ);
    const waiting = String((await world.redeem(used, claim(await world.idToken(client)), client)).body['ticket']);
    const pending = await tellInPerson(waiting);
    const granted = await world.redeem(await tellInPerson(await world.ticketFor(resource, READ)), {}, client);
    const handles = [
      open,
      used,
      waiting,
      pending,
      ...['access_token', 'refresh_token', 'pct'].map((name) => granted.body[name]),
    ];

    const { kysely } = world.server.app.get<Database<UmaTables>>(Database, { strict: false });
    const tables = ['uma_ticket', 'uma_rpt', 'uma_rpt_permission', 'uma_pct'] as const;
    const rows = await Promise.all(tables.map((table) => kysely.selectFrom(table).selectAll().execute()));
    const stored = JSON.stringify(rows);
    for (const handle of handles) {
      expect(handle).toMatch(/^[\w.-]{43,}$/);
      expect(stored).not.toContain(String(handle));
    }
    expect(stored).not.toContain('bob@example.org');
  });

  it('SEC-9: an owner whose shares are all about others permits nothing by default, whatever the person proves', async () => {
    const carols = await world.person('carol');
    await world.shareWith(carols, resource);
    await world.shareWith({ kind: 'claims', claims: [] }, resource);
    await world.shareWith(await world.person('bob'), await world.register());
    expect((await redeemAs('bob')).body).toMatchObject({ error: 'request_denied' });
    const anyAccess = await world.ticketFor(resource);
    expect((await world.redeemAs('bob', anyAccess, {}, client)).body).toMatchObject({ error: 'request_denied' });
  });

  it('SEC-13: a resource that is given another type is no longer what was shared, and tokens end with that', async () => {
    const type = 'urn:test:strap';
    const [typed, other] = [await world.register({ ...R1, type }), resource];
    const [alice, bob] = [await world.accountId('alice'), await world.person('bob')];
    const shares = world.server.app.get(Shares);
    await shares.save(alice, { target: { resourceType: type }, grantee: bob }, () => ({
      ...UNLIMITED,
      scopes: [READ],
    }));
    await world.shareWith(bob, other);
    const both = [typed, other].map((id) => ({ resource_id: id, resource_scopes: [READ] }));
    const answer = await world.redeemAs('bob', await world.ticket(both), {}, client);
    expect(answer.status).toBe(200);
    const json = { ...R1, type: 'urn:test:diary' };
    await world.call('PUT', `/uma/resources/${typed}`, { token: world.patA1, json });
    const { permissions } = (await world.introspect(tokenOf(answer))).body;
    expect(permissions).toEqual([expect.objectContaining({ resource_id: other })]);
  });
});
