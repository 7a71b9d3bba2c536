import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database } from '../../src/database/database.js';
import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { signedIdToken } from '../support/id-tokens.js';
import { claim, type TestClient, UmaWorld } from '../support/uma-world.js';

const READ = 'heart-rate:read';
const suspensionOf = (username: string): string => `/api/accounts/${username}/suspension`;

describeOnEachDatabase('a suspended account', (open) => {
  let world: UmaWorld;
  let token: string;
  let r1: string;
  let refreshing: TestClient;

  beforeEach(async () => {
    world = await UmaWorld.start(open.dialect, undefined, { administrators: ['carol'] });
    token = await world.accessToken(world.rs1, 'carol', 'openid administration');
    refreshing = await world.registerClient({
      grant_types: ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE],
    });
    r1 = await world.register();
    await world.share(r1, [READ]);
  });
  afterEach(() => world.close());

  const suspend = (username: string) => world.call('PUT', suspensionOf(username), { token });
  const resume = (username: string) => world.call('DELETE', suspensionOf(username), { token });
  const tables = () => world.server.app.get<Database<UmaTables>>(Database).kysely;
  const countOf = async (table: 'uma_rpt' | 'uma_ticket' | 'uma_pct') =>
    (await tables().selectFrom(table).selectAll().execute()).length;
  async function ruleOfAdministrator(): Promise<unknown> {
    const json = { resourceId: r1, scopes: [READ], person: { username: 'bob' } };
    const { body } = await world.call('POST', '/api/simulations', { token, json });
    return (body['decisions'] as { rule: unknown }[])[0]?.rule;
  }

  async function decisionToldToOwner(): Promise<unknown> {
    const owner = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    const json = { resourceId: r1, scopes: [READ], person: { username: 'bob' } };
    const { body } = await world.call('POST', '/api/explanations', { token: owner, json });
    return (body['decisions'] as unknown[])[0];
  }

  it('is for administrators alone to suspend, and nobody does it to themselves', async () => {
    const bobs = await world.accessToken(world.rs1, 'bob', 'openid administration');
    for (const method of ['PUT', 'DELETE'] as const) {
      expect((await world.call(method, suspensionOf('alice'), { token: bobs })).status).toBe(403);
      expect((await world.call(method, suspensionOf('alice'))).status).toBe(401);
      expect(await world.call(method, suspensionOf('nobody'), { token })).toMatchObject({ status: 404 });
    }
    expect(await suspend('Carol')).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(200);
  });

  describe('of a requesting party', () => {
    it('takes back what they have, refresh tokens included, and gives them nothing more (GRANT-6.1)', async () => {
      const idToken = await world.idToken(refreshing, 'bob');
      const given = await world.redeem(await world.ticketFor(r1, READ), claim(idToken), refreshing);
      const { access_token: rpt, refresh_token: refreshToken } = given.body;
      expect(given.status).toBe(200);
      expect((await suspend('bob')).status).toBe(204);
      expect((await world.introspect(String(rpt))).body).toEqual({ active: false });
      const form = { grant_type: 'refresh_token', refresh_token: String(refreshToken) };
      expect(await world.token(refreshing, form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      const refused = await world.redeem(await world.ticketFor(r1, READ), claim(idToken), refreshing);
      expect(refused).toMatchObject({ status: 403, body: { error: 'request_denied' } });
      expect(await ruleOfAdministrator()).toEqual({ kind: 'requesting-party-suspended' });
      expect(await decisionToldToOwner()).toMatchObject({ outcome: 'deny', rule: { kind: 'no-share' } });
    });

    it('takes back the claims that were kept of them, and no one else’s', async () => {
      const pct = { client_id: 'c', process_id: 'p', progress: '', expires_at: world.server.clock.nowSeconds() + 60 };
      const { sub } = JSON.parse(Buffer.from((await world.idToken()).split('.')[1] ?? '', 'base64url').toString()) as {
        sub: string;
      };
      const of = (handle_digest: string, subject_issuer: string, subject: string) =>
        tables()
          .insertInto('uma_pct')
          .values({ ...pct, id: handle_digest, handle_digest, subject_issuer, subject })
          .execute();
      await of('bob', world.issuer, sub);
      await of('namesake', 'https://idp.test', sub);
      await of('other', world.issuer, 'other');
      await suspend('bob');
      const left = await tables().selectFrom('uma_pct').select('handle_digest').orderBy('handle_digest').execute();
      expect(left).toEqual([{ handle_digest: 'namesake' }, { handle_digest: 'other' }]);
    });

    it('leaves others, and whoever has the same subject at another issuer, with what they have', async () => {
      await world.share(r1, [READ], { grantee: { username: 'carol' } });
      const carols = await world.redeemAs('carol', await world.ticketFor(r1, READ));
      await suspend('bob');
      expect((await world.introspect(String(carols.body['access_token']))).body).toMatchObject({ active: true });
    });

    it('lets no token through that is being issued meanwhile', async () => {
      const idToken = await world.idToken();
      const tickets = await Promise.all(Array.from({ length: 8 }, () => world.ticketFor(r1, READ)));
      const redeeming = tickets.map((ticket) => world.redeem(ticket, claim(idToken)));
      await redeeming[0];
      const [suspended, first, ...answers] = await Promise.all([suspend('bob'), ...redeeming]);
      expect([suspended.status, first?.status]).toEqual([204, 200]);
      for (const { status, body } of answers) {
        expect([200, 403]).toContain(status);
        expect(body['error']).toBe(status === 200 ? undefined : 'request_denied');
      }
      expect(await countOf('uma_rpt')).toBe(0);
    });

    it('keeps them from signing in, and says so to who knows the password', async () => {
      const browser = world.browserOf('bob');
      const account = `${world.issuer}/account`;
      await world.idToken();
      expect((await browser.get(account)).title).toMatch(/^Sharing/);
      await suspend('bob');
      expect((await browser.get(account)).title).toMatch(/^Sign in/);
      await world.passSignIn('bob');
      expect(browser.page.status).toBe(403);
      expect(browser.page.text).toContain('This account is suspended.');
      await browser.submit({ username: 'bob', password: 'wrong' }, { button: 'Sign in' });
      expect(browser.page.status).toBe(401);
      expect(browser.page.text).not.toContain('suspended');
      await resume('bob');
      await world.passSignIn('bob');
      expect(browser.page.title).toMatch(/^Sharing/);
    });

    it('ends when it is resumed: they are given anew what is shared, but nothing comes back', async () => {
      const rpt = (await world.redeemAs('bob', await world.ticketFor(r1, READ))).body['access_token'];
      await suspend('bob');
      expect((await resume('bob')).status).toBe(204);
      expect((await resume('bob')).status).toBe(204);
      expect((await world.introspect(String(rpt))).body).toEqual({ active: false });
      expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(200);
    });

    it('lets what they proved before count no longer once it is resumed: they sign in anew', async () => {
      const idToken = await signedIdToken(world, 'bob', world.c1.id);
      const byEmail = await world.register();
      await world.share(byEmail, [READ], { grantee: { email: 'bob@example.org' } });
      const asked = await world.redeem(await world.ticketFor(byEmail, READ), claim(idToken));
      expect(asked.body['error']).toBe('need_info');
      await suspend('bob');
      // The time of an ID token is in seconds.
      world.wait(2);
      await resume('bob');
      const again = await world.redeem(await world.ticketFor(r1, READ), claim(idToken));
      expect(again).toMatchObject({ status: 403, body: { required_claims: [{ name: 'sub' }] } });
      const goneOn = await world.redeem(String(asked.body['ticket']), {});
      expect(goneOn).toMatchObject({ status: 403, body: { required_claims: [{ name: 'sub' }] } });
      const anew = await signedIdToken(world, 'bob', world.c1.id);
      expect((await world.redeem(await world.ticketFor(r1, READ), claim(anew))).status).toBe(200);
    });
  });

  describe('of an owner', () => {
    it('takes back everything of theirs: tokens, open tickets and their own access (GRANT-6.1)', async () => {
      await world.redeemAs('bob', await world.ticketFor(r1, READ));
      const idToken = await world.idToken();
      const open = await world.ticketFor(r1, READ);
      const sharing = await world.accessToken(world.rs1, 'alice', 'openid sharing');
      expect((await suspend('alice')).status).toBe(204);
      expect(await countOf('uma_rpt')).toBe(0);
      expect(await world.redeem(open, claim(idToken))).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await world.call('GET', '/uma/resources', { token: world.patA1 })).status).toBe(401);
      expect((await world.call('GET', '/api/shares', { token: sharing })).status).toBe(401);
      expect(await ruleOfAdministrator()).toEqual({ kind: 'owner-suspended' });
    });

    it('leaves other owners with theirs', async () => {
      await world.register(undefined, world.patC1);
      const ticket = await world.ticket(
        { resource_id: await world.register(undefined, world.patC1), resource_scopes: [READ] },
        world.patC1,
      );
      await suspend('alice');
      expect((await world.call('GET', '/uma/resources', { token: world.patC1 })).status).toBe(200);
      expect(await world.redeemAs('bob', ticket)).toMatchObject({ body: { error: 'request_denied' } });
    });

    it('lets no token through that is being issued meanwhile', async () => {
      const idToken = await world.idToken();
      const tickets = await Promise.all(Array.from({ length: 8 }, () => world.ticketFor(r1, READ)));
      const redeeming = tickets.map((ticket) => world.redeem(ticket, claim(idToken)));
      const [suspended, ...answers] = await Promise.all([suspend('alice'), ...redeeming]);
      expect(suspended.status).toBe(204);
      expect(answers.every(({ status }) => status < 500)).toBe(true);
      expect(await countOf('uma_rpt')).toBe(0);
    });

    it('gives again what they share once it is resumed and they have signed in', async () => {
      await suspend('alice');
      await resume('alice');
      world.patA1 = await world.accessToken(world.rs1, 'alice', 'openid uma_protection');
      expect((await world.redeemAs('bob', await world.ticketFor(r1, READ))).status).toBe(200);
    });
  });
});
