import type { AccessView } from '../../src/client/access-view.js';
import type { Page } from '../../src/demo/front-door/page.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ClientApplication, type Visitor } from '../support/client-application.js';

describe.each(['sqlite', 'postgres'] as const)('telling an authorization server more in person (%s)', (dialect) => {
  let client: ClientApplication;
  let bob: Visitor;
  beforeEach(async () => {
    client = await ClientApplication.start(dialect);
    client.world.as.metadata = { authorization_response_iss_parameter_supported: true };
    client.hearts.bodies.set('/resources/1/heart-rate/latest', {
      heartRate: 72,
      recordedAt: '2026-03-01T12:00:00.000Z',
    });
    bob = await client.signIn('bob', 'Bob Stone');
  });
  afterEach(async () => {
    await client.stop();
  });

  const as = () => client.world.as;
  const needsEmail = (): void => {
    const required_claims = [{ name: 'email', friendly_name: 'E-mail address' }];
    as().needInfo({ required_claims, redirect_user: `${as().issuer}/uma/claims?tenant=1` });
  };
  const post = async (path: string, json: object = {}, by = bob): Promise<AccessView> =>
    (await client.ask(path, { method: 'POST', as: by, json })).json() as AccessView;
  const open = (by = bob) => post('/api/access', { resource: client.heart }, by);
  /** Begins to give claims. @returns where the browser is to go */
  const leave = async (by = bob): Promise<URL> => {
    needsEmail();
    const { id = '' } = await open(by);
    needsEmail();
    const { continueAt = '' } = await post(`/api/access/${id}/claims`, {}, by);
    return new URL(continueAt);
  };
  /** Comes back with a query of one's own. */
  const comeBack = (query: Readonly<Record<string, string>> | URLSearchParams, by = bob): Promise<Page> =>
    client.visit(`/claimCallback?${new URLSearchParams(query).toString()}`, by.browser);
  const stateOf = (away: URL): string => away.searchParams.get('state') ?? '';
  /** What the authorization server would send along. */
  const good = (away: URL) => ({
    ticket: as().ticketFor(client.hearts.origin),
    state: stateOf(away),
    iss: as().issuer,
  });
  const redeemed = () => as().tokenRequests.map(({ ticket }) => ticket);

  /** @param page that ended the visit, without a token request */
  const expectErrorPage = (page: Page, status: number, title: string): void => {
    expect([page.status, page.title]).toEqual([status, `${title} · Pulse Viewer`]);
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).not.toMatch(/ticket-|s3cr3t/);
    expect(redeemed()).toHaveLength(2);
  };

  it('is offered where the authorization server has a place for it', async () => {
    needsEmail();
    const view = await open();
    expect(view).toMatchObject({ state: 'claims-needed', wanted: ['E-mail address'], samples: [] });
    expect(view).not.toHaveProperty('continueAt');
  });

  it('leads through the authorization server to what was shared (T49, C-4)', async () => {
    const away = await leave();
    const page = await bob.browser.get(away);
    expect(page.url).toBe(`${client.baseUrl}/open?resource=${encodeURIComponent(client.heart)}`);
    expect(await open()).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
    expect(as().interactions).toEqual([
      {
        tenant: '1',
        client_id: client.provider.clientId,
        ticket: away.searchParams.get('ticket'),
        claims_redirect_uri: `${client.baseUrl}/claimCallback`,
        state: stateOf(away),
      },
    ]);
  });

  it('uses the newest ticket in each step, and none twice (T49, C-2)', async () => {
    await bob.browser.get(await leave());
    const tickets = [...redeemed(), ...as().interactions.map(({ ticket }) => ticket)];
    expect(new Set(tickets).size).toBe(tickets.length);
    expect(tickets).toHaveLength(4);
    expect(as().issued).toHaveLength(1);
  });

  it('begins with a ticket that is as old as the person’s decision', async () => {
    needsEmail();
    const { id = '' } = await open();
    client.clock.advanceMs(3_600_000);
    needsEmail();
    const { continueAt } = await post(`/api/access/${id}/claims`);
    expect(continueAt).toContain(`ticket=ticket-4`);
  });

  it('is not needed any more when access was granted meanwhile', async () => {
    needsEmail();
    const { id = '' } = await open();
    const view = await post(`/api/access/${id}/claims`);
    expect(view).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
    expect(view).not.toHaveProperty('continueAt');
  });

  it('goes on in further rounds where more is asked for, but not for ever (C-6)', async () => {
    const away = await leave();
    for (let round = 0; round < 9; round++) needsEmail();
    const page = await bob.browser.get(away);
    expect(page.title).toBe('The owner’s server still wants to know more · Pulse Viewer');
    expect(page.link('Try again')).toBe(`${client.baseUrl}/open?resource=${encodeURIComponent(client.heart)}`);
    expect(as().interactions).toHaveLength(5);
    expect(new Set(as().interactions.map(({ state }) => state)).size).toBe(5);
  });

  it('ends in waiting where the owner has to agree as well', async () => {
    const away = await leave();
    as().askOwner();
    await bob.browser.get(away);
    expect(await open()).toMatchObject({ state: 'owner-must-agree' });
    await client.pass(5_000);
    expect(await open()).toMatchObject({ state: 'granted' });
  });

  it('ends in a no, which is not asked for again until the person wants to', async () => {
    const away = await leave();
    as().refuse('request_denied');
    expect((await bob.browser.get(away)).url).toContain('/open?resource=');
    const calls = as().tokenRequests.length;
    expect(await open()).toMatchObject({ state: 'denied' });
    expect(as().tokenRequests).toHaveLength(calls);
    expect(await post('/api/access', { resource: client.heart, again: true })).toMatchObject({ state: 'granted' });
  });

  it.each([
    ['invalid_grant', 400, 'That took too long'],
    ['invalid_target', 500, 'The servers did not understand each other'],
  ])('ends in an error page after %s', async (error, status, title) => {
    const away = await leave();
    as().refuse(error, 400);
    const page = await bob.browser.get(away);
    expect([page.status, page.title]).toEqual([status, `${title} · Pulse Viewer`]);
    expect(page.link('Try again')).toContain('/open?resource=');
  });

  it('ends in an error page when the authorization server is away by then', async () => {
    const away = await leave();
    await as().stop();
    const page = await comeBack(good(away));
    expect([page.status, page.title]).toEqual([
      503,
      'The server that decides about sharing cannot be reached · Pulse Viewer',
    ]);
  });

  describe('T50: what must not be accepted', () => {
    it('is used in this browser, with the right state and ticket, and once (positive control)', async () => {
      const away = await leave();
      expect((await comeBack(good(away))).url).not.toContain('claimCallback');
      expect(redeemed()).toEqual(['ticket-1', 'ticket-3', 'ticket-5']);
    });

    it.each([
      ['a wrong state', { state: 'wrong' }],
      ['no state', {}],
      ['an empty state', { state: '' }],
    ])('%s leads to an error page and to no token request (C-7)', async (_what, change) => {
      const { ticket, iss } = good(await leave());
      const page = await comeBack({ ticket, iss, ...change });
      expectErrorPage(page, 400, 'This page was opened out of turn');
    });

    it('a state that is given twice leads to an error page (C-7)', async () => {
      const query = new URLSearchParams(good(await leave()));
      query.append('state', query.get('state') ?? '');
      expectErrorPage(await comeBack(query), 400, 'This page was opened out of turn');
    });

    it('a state that was used leads to an error page (C-7)', async () => {
      const away = await leave();
      await comeBack({ error: 'access_denied', state: stateOf(away), iss: as().issuer });
      expectErrorPage(await comeBack(good(away)), 400, 'This page was opened out of turn');
    });

    it.each([
      ['the ticket that was sent', (away: URL) => ({ ticket: away.searchParams.get('ticket') ?? '' })],
      ['no ticket', () => ({ ticket: '' })],
      ['another issuer', () => ({ iss: 'https://evil.example' })],
    ])('%s leads to an error page and to no token request (C-3, SEC-2)', async (_what, change) => {
      const away = await leave();
      const page = await comeBack({ ...good(away), ...change(away) });
      expectErrorPage(page, 400, 'The owner’s server sent you back with the wrong answer');
      expect(page.link('Try again')).toContain('/open?resource=');
    });

    it('an answer without the issuer that was promised leads to an error page (RFC 9207)', async () => {
      const { ticket, state } = good(await leave());
      expectErrorPage(await comeBack({ ticket, state }), 400, 'The owner’s server sent you back with the wrong answer');
    });

    it('an answer in another person’s browser leads to an error page, and stays good in the right one (SEC-3)', async () => {
      const away = await leave();
      const carol = await client.signIn('carol');
      expectErrorPage(await comeBack(good(away), carol), 400, 'This page was opened out of turn');
      expect((await comeBack(good(away))).url).toContain('/open?resource=');
    });

    it('an answer in the same person’s other browser leads to an error page', async () => {
      const away = await leave();
      const other = await client.signIn('bob');
      expectErrorPage(await comeBack(good(away), other), 400, 'This page was opened out of turn');
    });

    it('an answer where nobody is signed in leads to an error page, and its ticket into no sign-in', async () => {
      const away = await leave();
      const nobody = { browser: new UserAgent(), csrfToken: '' };
      const page = await comeBack(good(away), nobody);
      expectErrorPage(page, 401, 'You are signed out');
      expect(page.link('To Pulse Viewer')).toBe(`${client.baseUrl}/`);
    });

    it('an answer after a quarter of an hour leads to an error page', async () => {
      const away = await leave();
      client.clock.advanceMs(15 * 60_000);
      expectErrorPage(await comeBack(good(away)), 400, 'This page was opened out of turn');
    });

    it.each([
      ['access_denied', 403, 'You told the owner’s server nothing'],
      ['server_error', 500, 'The owner’s server could not finish'],
      ['<script>alert(1)</script>', 500, 'The owner’s server could not finish'],
    ])('the error %s is told in people’s words', async (error, status, title) => {
      const away = await leave();
      const page = await comeBack({ error, state: stateOf(away), iss: as().issuer });
      expectErrorPage(page, status, title);
      expect(page.link('Try again')).toContain('/open?resource=');
      expect(page.body).not.toContain('<script>alert');
    });

    it('is told to a program in JSON', async () => {
      const answer = await client.ask('/claimCallback?state=wrong&ticket=ticket-new', { as: bob });
      expect(answer.status).toBe(400);
      expect(answer.json()).toEqual({ error: 'invalid_request', error_description: expect.any(String) as string });
    });
  });

  it('is begun by nobody else: another site has no CSRF token, another person no such run', async () => {
    needsEmail();
    const { id = '' } = await open();
    const carol = await client.signIn('carol');
    const path = `/api/access/${id}/claims`;
    const forged = await client.ask(path, { method: 'POST', as: { ...bob, csrfToken: 'forged' }, json: {} });
    const foreign = await client.ask(path, { method: 'POST', as: carol, json: {} });
    expect([forged.status, foreign.status]).toEqual([403, 404]);
  });

  it('lets no ticket, state, PCT or RPT into a log, and none but the ticket it sends away into an answer (T53)', async () => {
    as().issuesPcts = true;
    as().issuesRefreshTokens = true;
    const away = await leave();
    await bob.browser.get(away);
    const again = good(away);
    await comeBack(again);
    const log = client.log.join('\n');
    expect(client.log.length).toBeGreaterThan(5);
    for (const secret of [...client.secrets, stateOf(away), again.ticket]) expect(log).not.toContain(secret);
    const shown = client.told.join('\n');
    expect(client.secrets.filter((secret) => shown.includes(secret))).toEqual(
      [away.searchParams.get('ticket')].filter((one) => client.secrets.includes(one ?? '')),
    );
  });
});
