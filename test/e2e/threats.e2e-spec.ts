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
import { type Answer, claim, R1, RS1, type TestClient, UmaWorld } from '../support/uma-world.js';

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
  const scopesOf = async (answer: Answer): Promise<readonly string[]> => {
    const { permissions } = (await world.introspect(tokenOf(answer))).body;
    return (permissions as { resource_scopes: string[] }[]).flatMap(({ resource_scopes: scopes }) => scopes);
  };

  /** Bob tells who he is at the claims interaction endpoint, and that it may be remembered. @returns the next ticket */
  async function tellInPerson(ticket: string): Promise<string> {
    const bob = new UserAgent({ stopAt: [CALLBACK] });
    const query = new URLSearchParams({ client_id: client.id, ticket, claims_redirect_uri: CALLBACK, state: 'abc' });
    await bob.get(`${world.issuer}/uma/claims?${query.toString()}`);
    await bob.submit({ username: 'bob', password: PEOPLE[1]?.password ?? '' }, { button: 'Sign in' });
    return (await bob.submit({}, { button: 'Continue' })).query['ticket'] ?? '';
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

  describe('SEC-13: a withdrawal comes too late', () => {
    let bob: Awaited<ReturnType<UmaWorld['person']>>;
    let other: string;
    let otherShare: string;
    let former: Answer;

    /** Bob's token is of two scopes of another resource; the upgrade adds `resource`. */
    beforeEach(async () => {
      bob = await world.person('bob');
      other = await world.register();
      otherShare = await world.shareWith(bob, other, { scopes: [READ, DOWNLOAD] });
      await world.shareWith(bob, resource);
      former = await world.redeemAs('bob', await world.ticketFor(other, READ, DOWNLOAD), {}, client);
    });

    const upgrade = async (): Promise<() => Promise<Answer>> => {
      const parameters = { ...claim(await world.idToken(client)), rpt: tokenOf(former) };
      const ticket = await world.ticketFor(resource, READ);
      return () => world.redeem(ticket, parameters, client);
    };
    it('for a token that takes over the permissions of one whose share is just being narrowed (GRANT-6.1)', async () => {
      const start = await upgrade();
      const alice = await world.accountId('alice');
      let upgraded: Promise<Answer> | undefined;
      await world.server.app.get(Shares).change(alice, otherShare, async (before) => {
        upgraded = start();
        // PostgreSQL does not wait here, or both would wait in a circle; SQLite has one writer at a time.
        if (open.dialect === 'postgres') await upgraded;
        return { ...before, scopes: [READ] };
      });
      const answer = await upgraded;
      expect(answer?.status).toBe(200);
      expect(answer && (await scopesOf(answer))).not.toContain(DOWNLOAD);
    }, 20_000);

    it('for a token that takes over the permissions of one whose share is just being withdrawn (GRANT-6.1)', async () => {
      for (let round = 0; round < 10; round++) {
        const share = await world.shareWith(bob, other, { scopes: [READ, DOWNLOAD] });
        former = await world.redeemAs('bob', await world.ticketFor(other, READ, DOWNLOAD), {}, client);
        const start = await upgrade();
        const [answer] = await Promise.all([start(), world.withdraw(share)]);
        expect(answer.status).toBe(200);
        const { permissions } = (await world.introspect(tokenOf(answer))).body;
        expect(permissions ?? []).not.toContainEqual(expect.objectContaining({ resource_id: other }));
      }
    });

    it('for a token that takes over the permissions of a resource that is just being deregistered', async () => {
      for (let round = 0; round < 10; round++) {
        const gone = await world.register();
        await world.shareWith(bob, gone);
        former = await world.redeemAs('bob', await world.ticketFor(gone, READ), {}, client);
        const start = await upgrade();
        const remove = world.call('DELETE', `/uma/resources/${gone}`, { token: world.patA1 });
        const [answer, removed] = await Promise.all([start(), remove]);
        expect([answer.status, removed.status]).toEqual([200, 204]);
        const { permissions } = (await world.introspect(tokenOf(answer))).body;
        expect(permissions).toEqual([expect.objectContaining({ resource_id: resource })]);
      }
    });

    it('for a resource that is given another type: it is no longer what was shared', async () => {
      const type = 'urn:test:strap';
      const typed = await world.register({ ...R1, type });
      const alice = await world.accountId('alice');
      const place = { target: { resourceType: type }, grantee: bob };
      const terms = { scopes: [READ], clients: undefined, purposes: undefined, paused: false };
      await world.server.app
        .get(Shares)
        .save(alice, place, () => ({ ...terms, startsMs: undefined, expiresMs: undefined }));
      const both = [typed, other].map((id) => ({ resource_id: id, resource_scopes: [READ] }));
      const answer = await world.redeemAs('bob', await world.ticket(both), {}, client);
      expect(answer.status).toBe(200);
      await world.call('PUT', `/uma/resources/${typed}`, {
        token: world.patA1,
        json: { ...R1, type: 'urn:test:diary' },
      });
      const { permissions } = (await world.introspect(tokenOf(answer))).body;
      expect(permissions).toEqual([expect.objectContaining({ resource_id: other })]);
    });
  });
});
