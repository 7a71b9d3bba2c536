import { request } from 'undici';

import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { PEOPLE } from '../support/authorization-server.js';
import { type Answer, claim, R1, type TestClient, UmaWorld } from '../support/uma-world.js';

const CALLBACK = 'http://127.0.0.1:9/claims/cb';
const WITH_QUERY = 'http://127.0.0.1:9/claims/cb?tenant=a%20b';

describeOnEachDatabase('the claims interaction endpoint', (open) => {
  let world: UmaWorld;
  let client: TestClient;
  let otherClient: TestClient;
  /** Shared with whoever has bob's address, with bob as a person, and with nobody. */
  let byEmail: string;
  let byPerson: string;
  let unshared: string;
  let bob: UserAgent;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    client = await world.registerClient({
      client_name: 'Pulse Viewer',
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      scope: 'openid heart-rate:read',
      claims_redirect_uris: [CALLBACK, WITH_QUERY],
    });
    otherClient = await world.registerClient({ claims_redirect_uris: [CALLBACK] });
    [byEmail, byPerson, unshared] = [await world.register(), await world.register(), await world.register()];
    await world.shareWith({ kind: 'email', email: 'bob@example.org' }, byEmail);
    await world.shareWith(await world.person('bob'), byPerson);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
    bob = new UserAgent({ stopAt: [CALLBACK] });
  });

  const ticketFor = (resourceId: string): Promise<string> => world.ticketFor(resourceId, 'heart-rate:read');

  const address = (parameters: Readonly<Record<string, string>>): string =>
    `${world.issuer}/uma/claims?${new URLSearchParams({
      client_id: client.id,
      claims_redirect_uri: CALLBACK,
      state: 'abc',
      ...parameters,
    }).toString()}`;

  async function signIn(browser: UserAgent, username: string): Promise<void> {
    const password = PEOPLE.find((person) => person.username === username)?.password ?? '';
    await browser.submit({ username, password }, { button: 'Sign in' });
  }

  /** Comes with a ticket, signs in, and is shown what is asked. */
  async function arrive(ticket: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    await bob.get(address({ ticket, ...more }));
    await signIn(bob, 'bob');
  }

  const agree = async (): Promise<Readonly<Record<string, string>>> =>
    (await bob.submit({ remember: 'yes' }, { button: 'Continue' })).query;

  function expectNeedInfo(answer: Answer): string {
    expect(answer).toMatchObject({ status: 403, body: { error: 'need_info' } });
    return String(answer.body['ticket']);
  }

  it('is announced to a client that has somewhere to come back to (GRANT-2-c, T22)', async () => {
    const answer = await world.redeem(await ticketFor(byEmail), {}, client);
    expectNeedInfo(answer);
    expect(answer.body['redirect_user']).toBe(`${world.issuer}/uma/claims`);
    expect((await world.redeem(await ticketFor(byEmail))).body).not.toHaveProperty('redirect_user');
  });

  it('T33 sends the person back with a new ticket, which leads to a token (GRANT-3.3.3)', async () => {
    const ticket = await ticketFor(byEmail);
    await arrive(ticket);
    expect(bob.page.text).toContain('Pulse Viewer');
    expect(bob.page.text).toContain('Heart Service');
    expect(bob.page.text).toContain('Alice decides who sees it');
    expect(bob.page.text).toContain('bob@example.org ✓ verified');
    const back = await agree();
    expect(bob.trail.at(-1)).toMatchObject({ status: 303 });
    expect(back).toEqual({ ticket: expect.any(String) as string, state: 'abc', iss: world.issuer });
    expect(back['ticket']).not.toBe(ticket);
    const answer = await world.redeem(String(back['ticket']), {}, client);
    expect(answer.status).toBe(200);
    const { body } = await world.introspect(String(answer.body['access_token']));
    expect(body).toMatchObject({ active: true, permissions: [{ resource_id: byEmail }] });
  });

  it('T33 has consumed the first ticket (GRANT-3.3.2-b, GRANT-5.5-b)', async () => {
    const ticket = await ticketFor(byPerson);
    await bob.get(address({ ticket }));
    const answer = await world.redeem(ticket, {}, client);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('T33 sends back no state when none was sent, and keeps the query of the address (GRANT-3.3.3-a, b)', async () => {
    const query = new URLSearchParams({ client_id: client.id, ticket: await ticketFor(byPerson) });
    query.set('claims_redirect_uri', WITH_QUERY);
    await bob.get(`${world.issuer}/uma/claims?${query.toString()}`);
    await signIn(bob, 'bob');
    expect(await agree()).toEqual({ tenant: 'a b', ticket: expect.any(String) as string, iss: world.issuer });
  });

  it('asks for no more than who the person is, where that is enough', async () => {
    await arrive(await ticketFor(byPerson));
    expect(bob.page.text).toContain('Bob');
    expect(bob.page.text).not.toContain('bob@example.org');
    expect((await world.redeem(String((await agree())['ticket']), {}, client)).status).toBe(200);
  });

  it('tells nobody whether anything is shared: the client learns it at the token endpoint', async () => {
    await arrive(await ticketFor(unshared));
    expect(bob.page.title).toContain('Before you can see this');
    const answer = await world.redeem(String((await agree())['ticket']), {}, client);
    expect(answer).toMatchObject({ status: 403, body: { error: 'request_denied' } });
  });

  it('goes on with the claims that the client pushed before (several rounds)', async () => {
    const answer = await world.redeem(await ticketFor(byEmail), claim(await world.idToken(client)), client);
    const second = expectNeedInfo(answer);
    expect(answer.body['required_claims']).toEqual([
      {
        name: 'email',
        friendly_name: 'E-mail address',
        claim_token_format: [ID_TOKEN_CLAIM_FORMAT],
        issuer: [world.issuer],
      },
    ]);
    await arrive(second);
    expect((await world.redeem(String((await agree())['ticket']), {}, client)).status).toBe(200);
  });

  it('needs no redirect URI from a client that registered exactly one (GRANT-3.3.2-c)', async () => {
    const simple = await world.registerClient({ claims_redirect_uris: [CALLBACK] });
    const query = new URLSearchParams({ client_id: simple.id, ticket: await ticketFor(byPerson) });
    await bob.get(`${world.issuer}/uma/claims?${query.toString()}`);
    await signIn(bob, 'bob');
    expect(await agree()).toMatchObject({ ticket: expect.any(String) as string });
    const none = await bob.get(`${world.issuer}/uma/claims?client_id=${client.id}&ticket=x`);
    expect(none.status).toBe(400);
  });

  it.each([
    ['unregistered', 'https://evil.test/cb'],
    ['with a slash more', `${CALLBACK}/`],
    ['in other letters', CALLBACK.replace('/cb', '/CB')],
    ['with a query', `${CALLBACK}?x=1`],
    ['with a fragment', `${CALLBACK}#f`],
    ['of another scheme', CALLBACK.replace('http:', 'https:')],
    ['for sign-ins (GRANT-3.3.2-f)', 'http://127.0.0.1:9/callback'],
    ['without a value', ''],
  ])('T34 sends nobody to a redirect URI that is %s, not even with an error (SEC-6)', async (_what, redirectUri) => {
    const page = await bob.get(address({ ticket: await ticketFor(byPerson), claims_redirect_uri: redirectUri }));
    expect(page.status).toBe(400);
    expect(page.headers).not.toHaveProperty('location');
    expect(page.title).toContain('This did not work');
  });

  it.each([
    ['unknown', 'client_id=nobody&'],
    ['empty', 'client_id=&'],
    ['missing', ''],
    ['repeated', 'client_id=a&client_id=b&'],
  ])('T35 sends nobody anywhere when the client is %s (GRANT-3.3.3-d)', async (_what, clientId) => {
    const uri = encodeURIComponent(CALLBACK);
    const page = await bob.get(`${world.issuer}/uma/claims?${clientId}claims_redirect_uri=${uri}&ticket=x&state=y`);
    expect(page.status).toBe(400);
    expect(page.headers).not.toHaveProperty('location');
  });

  it('T36 tells the client that a ticket is good for nothing (GRANT-3.3.3-e)', async () => {
    const used = await ticketFor(byPerson);
    await world.redeemAs('bob', used, {}, client);
    for (const ticket of ['unknown', used, '']) {
      const page = await bob.get(address({ ticket }));
      expect(page.query).toEqual({ error: 'invalid_request', state: 'abc', iss: world.issuer });
    }
  });

  it('takes no second presentation by a browser for theft: anybody can open an address', async () => {
    const ticket = await ticketFor(byPerson);
    const granted = await world.redeem(ticket, claim(await world.idToken(client)), client);
    const rpt = String(granted.body['access_token']);
    await bob.get(address({ ticket }));
    expect(bob.page.query).toMatchObject({ error: 'invalid_request' });
    await bob.get(address({ ticket, client_id: otherClient.id }));
    expect(bob.page.query).toMatchObject({ error: 'invalid_request' });
    expect((await world.introspect(rpt)).body).toMatchObject({ active: true });
  });

  it('does nothing when it is asked for headers alone', async () => {
    const ticket = await ticketFor(byPerson);
    const { statusCode, headers } = await request(address({ ticket }), { method: 'HEAD' });
    expect([statusCode, headers['allow']]).toEqual([405, 'GET']);
    expect((await world.redeem(ticket, claim(await world.idToken(client)), client)).status).toBe(200);
  });

  it('T36 tells the client that the person cancelled, and the process is over (GRANT-3.3.3-e)', async () => {
    await arrive(await ticketFor(byPerson));
    const page = await bob.submit({}, { button: 'Cancel' });
    expect(page.query).toEqual({ error: 'access_denied', state: 'abc', iss: world.issuer });
  });

  it('T37 takes no form that another site sent, and no claims with it (GRANT-5.1-a, SEC-5)', async () => {
    await arrive(await ticketFor(byEmail));
    const { url } = bob.page;
    for (const step of ['continue', 'cancel', 'switch']) {
      const forged = await bob.post(`${url}/${step}`, { remember: 'yes', csrf_token: 'guessed' });
      expect(forged.status).toBe(403);
    }
    await bob.get(url);
    expect(bob.page.title).toContain('Before you can see this');
  });

  it('T37 gives the next ticket to the browser that did the interaction alone (SEC-3)', async () => {
    const ticket = await ticketFor(byEmail);
    await arrive(ticket);
    const attacker = new UserAgent({ stopAt: [CALLBACK] });
    expect((await attacker.get(bob.page.url)).title).toContain('no longer valid');
    expect((await attacker.get(address({ ticket }))).query['error']).toBe('invalid_request');
    expect((await world.redeem(ticket, {}, client)).body['error']).toBe('invalid_grant');
  });

  it('T37 is never framed, and lets no address of its own go elsewhere (SEC-7)', async () => {
    const first = await bob.get(address({ ticket: await ticketFor(byPerson) }), {
      stopAt: [`${world.issuer}/uma/claims/`],
    });
    expect(first.url).not.toContain('ticket');
    await bob.get(first.url);
    await signIn(bob, 'bob');
    expect(bob.page.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(bob.page.url).not.toMatch(/ticket|state/);
  });

  it('is over once it was answered, and a second answer changes nothing', async () => {
    await arrive(await ticketFor(byPerson));
    const { url } = bob.page;
    const again = new Map(bob.page.forms[0]?.fields);
    const back = await agree();
    const second = await bob.post(`${url}/continue`, Object.fromEntries(again));
    expect(second.title).toContain('no longer valid');
    expect((await world.redeem(String(back['ticket']), {}, client)).status).toBe(200);
  });

  it('keeps the claims of visits in several tabs apart', async () => {
    await arrive(await ticketFor(byPerson), { state: 'one' });
    const { url } = bob.page;
    await bob.get(address({ ticket: await ticketFor(byEmail), state: 'two' }));
    expect((await agree())['state']).toBe('two');
    await bob.get(url);
    expect((await agree())['state']).toBe('one');
  });

  it('lets nobody else answer for the person whom the client named (GRANT-5.2-d, SEC-4)', async () => {
    const asBob = await world.redeem(await ticketFor(byEmail), claim(await world.idToken(client, 'bob')), client);
    await bob.get(address({ ticket: expectNeedInfo(asBob) }));
    await signIn(bob, 'carol');
    expect(bob.page.text).toContain('You came here as Bob, but are signed in as Carol');
    const { url, forms } = bob.page;
    const csrf = forms[0]?.fields.get('csrf_token') ?? '';
    expect((await bob.post(`${url}/continue`, { csrf_token: csrf })).title).toContain('no longer valid');
    await bob.get(url);
    await bob.submit({}, { button: 'Sign in as somebody else' });
    await signIn(bob, 'bob');
    expect((await world.redeem(String((await agree())['ticket']), {}, client)).status).toBe(200);
  });

  it('tells nothing that the person was not shown: what is asked for only afterwards is asked next time', async () => {
    const other = await world.register();
    const share = await world.shareWith(await world.person('bob'), other);
    await arrive(await ticketFor(other));
    expect(bob.page.text).not.toContain('bob@example.org');
    await world.withdraw(share);
    await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
    const answer = await world.redeem(String((await agree())['ticket']), {}, client);
    expectNeedInfo(answer);
    expect(answer.body['required_claims']).toMatchObject([{ name: 'email' }]);
  });

  it('asks what the data are needed for where a share is limited to some purposes', async () => {
    const forResearch = await world.register();
    await world.shareWith(await world.person('bob'), forResearch, { purposes: ['HRESCH', 'CLINTRCH'] });
    const askedFor = async (purpose: string): Promise<Answer> => {
      await bob.get(address({ ticket: await ticketFor(forResearch) }));
      if (bob.page.title.startsWith('Sign in')) await signIn(bob, 'bob');
      const { query } = await bob.submit({ purpose }, { button: 'Continue' });
      return world.redeem(String(query['ticket']), {}, client);
    };
    expect((await askedFor('HRESCH')).status).toBe(200);
    expect((await askedFor('CLINTRCH')).status).toBe(200);
    expect((await askedFor('HMARKT')).body['error']).toBe('request_denied');
    expect((await askedFor('')).body['error']).toBe('need_info');
  });

  it('has the person sign in again where a share asks for a recent sign-in (SW-15, RFC 9470)', async () => {
    const sensitive = await world.register();
    const acr = { name: 'acr', value: 'urn:pulsegate:acr:recent-sign-in', issuer: world.issuer };
    await world.shareWith({ kind: 'claims', claims: [acr] }, sensitive);
    const first = await world.redeem(await ticketFor(sensitive), claim(await world.idToken(client)), client);
    expect(first.body['required_claims']).toEqual([expect.objectContaining({ name: 'acr' })]);
    await arrive(expectNeedInfo(first));
    expect((await world.redeem(String((await agree())['ticket']), {}, client)).status).toBe(200);

    // The sign-in itself was measured by the machine's clock.
    world.catchUp();
    world.wait(301);
    const later = await world.redeem(await ticketFor(sensitive), claim(await world.idToken(client)), client);
    await bob.get(address({ ticket: expectNeedInfo(later) }));
    expect(bob.page.title).toContain('Sign in');
  });

  describe('with claims that are to be remembered', () => {
    const succeed = async (button: Readonly<Record<string, string>>): Promise<Answer> => {
      bob = new UserAgent({ stopAt: [CALLBACK] });
      await arrive(await ticketFor(byEmail));
      const { query } = await bob.submit(button, { button: 'Continue' });
      return world.redeem(String(query['ticket']), {}, client);
    };
    const agreeing = { remember: 'yes' };

    it('T32 gives a PCT that spares the person the next interaction, and rotates it (GRANT-3.3.5-b, GRANT-5.4)', async () => {
      const first = await succeed(agreeing);
      const pct = String(first.body['pct']);
      expect(pct).toMatch(/^[\w-]{43}$/);
      const second = await world.redeem(await ticketFor(byEmail), { pct }, client);
      expect(second.status).toBe(200);
      expect(second.body['pct']).not.toBe(pct);
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct }, client));
      const third = await world.redeem(await ticketFor(byPerson), { pct: String(second.body['pct']) }, client);
      expect(third.status).toBe(200);
    });

    it('T32 gives no PCT to who does not want to be remembered (GRANT-6.2-a)', async () => {
      expect((await succeed({ remember: '' })).body).not.toHaveProperty('pct');
    });

    it('T32 takes nobody to want to be remembered who did not say so (GRANT-6.2-a)', async () => {
      await succeed({ remember: '' });
      expect((await succeed({})).body).not.toHaveProperty('pct');
      expect((await succeed(agreeing)).body).toHaveProperty('pct');
      expect((await succeed({})).body).toHaveProperty('pct');
    });

    it.each([
      ['sends that PCT again', true],
      ['does not', false],
    ])('T32 forgets a PCT of who does not want to be remembered any more, when the client %s', async (_what, sends) => {
      const pct = String((await succeed(agreeing)).body['pct']);
      const forResearch = await world.register();
      await world.shareWith(await world.person('bob'), forResearch, { purposes: ['HRESCH'] });
      bob = new UserAgent({ stopAt: [CALLBACK] });
      await arrive(expectNeedInfo(await world.redeem(await ticketFor(forResearch), { pct }, client)));
      const { query } = await bob.submit({ purpose: 'HRESCH', remember: '' }, { button: 'Continue' });
      const answer = await world.redeem(String(query['ticket']), sends ? { pct } : {}, client);
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('pct');
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct }, client));
    });

    it('T32 takes a PCT from its own client alone, and none that is unknown (GRANT-5.2-b)', async () => {
      const pct = String((await succeed(agreeing)).body['pct']);
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct }, world.c2));
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct: 'unknown' }, client));
      expect((await world.redeem(await ticketFor(byEmail), { pct }, client)).status).toBe(200);
    });

    it('asks each time what the data are needed for', async () => {
      const [research, treatment] = [await world.register(), await world.register()];
      await world.shareWith(await world.person('bob'), research, { purposes: ['HRESCH'] });
      await world.shareWith(await world.person('bob'), treatment, { purposes: ['TREAT'] });
      await arrive(await ticketFor(research));
      const { query } = await bob.submit({ purpose: 'HRESCH', ...agreeing }, { button: 'Continue' });
      const first = await world.redeem(String(query['ticket']), {}, client);
      expect(first.status).toBe(200);
      const second = await world.redeem(await ticketFor(treatment), { pct: String(first.body['pct']) }, client);
      expect(second.body['required_claims']).toMatchObject([{ name: 'purpose_of_use' }]);
    });

    it('T32b forgets a PCT that its client revokes, and not for another client (GRANT-3.7)', async () => {
      const pct = String((await succeed(agreeing)).body['pct']);
      expect((await world.revoke(pct, world.c2)).status).toBe(200);
      const second = await world.redeem(await ticketFor(byEmail), { pct }, client);
      expect(second.status).toBe(200);
      expect((await world.revoke(String(second.body['pct']), client)).status).toBe(200);
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct: String(second.body['pct']) }, client));
    });

    it('lets the person have an app forget them, on their own page (GRANT-6.2)', async () => {
      const pct = String((await succeed(agreeing)).body['pct']);
      await bob.get(`${world.issuer}/account`);
      expect(bob.page.text).toContain('Apps that need not ask you again');
      await bob.submit({}, { form: 'remembered/forget' });
      expect(bob.page.text).toContain('It is forgotten');
      expect(bob.page.text).not.toContain('Apps that need not ask you again');
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct }, client));
    });

    it('forgets the claims that were given for a share when the share is withdrawn (GRANT-6.1)', async () => {
      const other = await world.register();
      const share = await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
      await arrive(await ticketFor(other));
      const first = await world.redeem(String((await agree())['ticket']), {}, client);
      const pct = String(first.body['pct']);
      await world.withdraw(share);
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct }, client));
    });

    it.each<[string, (id: string) => Promise<Answer>]>([
      ['resource', (id) => world.call('DELETE', `/uma/resources/${id}`, { token: world.patA1 })],
      [
        'scope',
        (id) => {
          const json = { ...R1, resource_scopes: ['heart-rate:write'] };
          return world.call('PUT', `/uma/resources/${id}`, { token: world.patA1, json });
        },
      ],
    ])('forgets what was told for a %s that is deregistered (GRANT-6.1)', async (_what, deregister) => {
      const other = await world.register();
      await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
      await arrive(await ticketFor(other));
      const first = await world.redeem(String((await agree())['ticket']), {}, client);
      expect((await deregister(other)).status).toBeLessThan(300);
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct: String(first.body['pct']) }, client));
    });

    it('forgets nobody by a forged form, and nobody else by an honest one (GRANT-6.2)', async () => {
      const pct = String((await succeed(agreeing)).body['pct']);
      const forget = `${world.issuer}/account/remembered/forget`;
      const forged = await bob.post(forget, { csrf_token: 'guessed', client: client.id });
      expect(forged.status).toBe(403);
      const carol = new UserAgent();
      await carol.get(`${world.issuer}/account`);
      await signIn(carol, 'carol');
      const csrf_token = carol.page.forms[0]?.fields.get('csrf_token') ?? '';
      const hers = await carol.post(forget, { csrf_token, client: client.id });
      expect(hers.status).toBe(404);
      expect(hers.text).toContain('Nothing is remembered for this app.');
      expect((await world.redeem(await ticketFor(byEmail), { pct }, client)).status).toBe(200);
    });

    it('never mixes what two people told: a claim token of somebody else takes the place of all', async () => {
      const pct = String((await succeed(agreeing)).body['pct']);
      const asCarol = claim(await world.idToken(client, 'carol'));
      expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct, ...asCarol }, client));
    });
  });

  it('lets no ticket live on that tries to meet the conditions of a share which is withdrawn (GRANT-6.1)', async () => {
    const other = await world.register();
    const share = await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
    const asBob = claim(await world.idToken(client));
    const next = expectNeedInfo(await world.redeem(await ticketFor(other), asBob, client));
    await world.withdraw(share);
    expect((await world.redeem(next, {}, client)).body['error']).toBe('invalid_grant');
  });

  it('nor one that is in an interaction (GRANT-6.1)', async () => {
    const other = await world.register();
    const share = await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
    await arrive(await askedFor(other));
    await world.withdraw(share);
    expect((await bob.submit({}, { button: 'Continue' })).title).toContain('no longer valid');
  });

  it.each([
    ['that the client was asked for', (resource: string) => askedFor(resource)],
    ['that were asked for in an interaction alone', (resource: string) => ticketFor(resource)],
  ])('nor one by which a person has given claims %s (GRANT-6.1)', async (_which, begin) => {
    const other = await world.register();
    const share = await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
    await arrive(await begin(other));
    const { ticket } = await agree();
    await world.withdraw(share);
    expect((await world.redeem(String(ticket), {}, client)).body['error']).toBe('invalid_grant');
  });

  /** The ticket of a process that has learned already what is to be asked. */
  async function askedFor(resourceId: string): Promise<string> {
    return expectNeedInfo(await world.redeem(await ticketFor(resourceId), claim(await world.idToken(client)), client));
  }

  it('remembers a used ticket beyond the share whose conditions it tried to meet (GRANT-5.5-d)', async () => {
    const other = await world.register();
    const share = await world.shareWith({ kind: 'email', email: 'bob@example.org' }, other);
    const ticket = await askedFor(other);
    await world.shareWith(await world.person('bob'), other);
    const granted = await world.redeem(ticket, {}, client);
    expect(granted.status).toBe(200);
    await world.withdraw(share);
    expect((await world.introspect(String(granted.body['access_token']))).body).toMatchObject({ active: true });
    await world.redeem(ticket, {}, client);
    expect((await world.introspect(String(granted.body['access_token']))).body).toEqual({ active: false });
  });

  it('takes no PCT for an answer when the client pushes a claim token that proves nothing (GRANT-3.3.6-c)', async () => {
    await arrive(await ticketFor(byEmail));
    const first = await world.redeem(String((await agree())['ticket']), {}, client);
    const pct = String(first.body['pct']);
    const next = expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct, ...claim('garbage') }, client));
    expect((await world.redeem(next, { pct }, client)).status).toBe(200);
  });

  it('T32 relies on claims no longer than a day (GRANT-3.3.4-g)', async () => {
    await arrive(await ticketFor(byEmail));
    const first = await world.redeem(String((await agree())['ticket']), {}, client);
    world.wait(86_400);
    expectNeedInfo(await world.redeem(await ticketFor(byEmail), { pct: String(first.body['pct']) }, client));
  });

  it('ends a visit after an hour, and nobody is asked anything then (GRANT-5.5-b)', async () => {
    await arrive(await ticketFor(byEmail));
    world.wait(3_599);
    await bob.get(bob.page.url);
    expect(bob.page.text).toContain('bob@example.org');
    world.wait(1);
    const late = await bob.submit({}, { button: 'Continue' });
    expect(late.status).toBe(400);
    expect(late.query).not.toHaveProperty('ticket');
  });
});
