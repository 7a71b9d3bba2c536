import type { INestApplication } from '@nestjs/common';

import { type AuthOptions, PatKeeper, Sessions, SessionTokens } from '../../src/auth/index.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import type { Database } from '../../src/database/database.js';
import { patMigrations, type PatTables } from '../../src/database/resource-server/pats.js';
import { sessionMigrations, type SessionTables } from '../../src/database/sessions.js';
import type { Page } from '../../src/demo/front-door/page.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { authApplication, serverOf } from '../support/auth-application.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';

const API = { headers: { accept: 'application/json' } };

describeOnEachDatabase('signing in at one of several authorization servers', (open) => {
  let clock: FixedClock;
  let main: FakeOpenIdProvider;
  let clinic: FakeOpenIdProvider;
  let database: Database<SessionTables & PatTables>;
  let app: INestApplication;
  let base: string;
  let browser: UserAgent;

  beforeEach(async () => {
    clock = new FixedClock(Date.now());
    [main, clinic] = await Promise.all([FakeOpenIdProvider.start(clock), FakeOpenIdProvider.start(clock)]);
    Object.assign(clinic, { clientId: 'rs-at-the-clinic', clientSecret: 'secret-of-the-clinic' });
    database = await open({ ...sessionMigrations, ...patMigrations });
    browser = new UserAgent();
    await start();
  });
  afterEach(async () => {
    await app.close();
    await Promise.all([main.stop(), clinic.stop()]);
  });

  /** @param others the servers beside the main one */
  async function start(
    others = [serverOf(clinic, { id: 'clinic', name: 'St. Mary’s <Clinic>' })],
    more: Partial<AuthOptions> = {},
  ): Promise<void> {
    const options = { servers: [serverOf(main, { name: 'Home' }), ...others] as const, ...more };
    ({ app, base } = await authApplication({ provider: main, clock, database, options }));
  }

  const loginAt = ({ issuer }: FakeOpenIdProvider, returnTo = '/me') =>
    `${base}/login?${new URLSearchParams({ as: issuer, returnTo }).toString()}`;
  const signIn = (provider: FakeOpenIdProvider, by = browser) => by.get(loginAt(provider));
  const patAt = async ({ issuer }: FakeOpenIdProvider, subject = 'alice') =>
    (await app.get(PatKeeper).patOf({ issuer, subject }))?.reveal();
  const sessionOf = (by = browser) =>
    app.get(Sessions).current({ headers: { cookie: by.cookies.header(new URL(base)) ?? '' } });
  /** Where a server wants to send a browser back to. */
  const answerOf = async (provider: FakeOpenIdProvider, by = browser): Promise<URL> =>
    new URL((await by.get(loginAt(provider), { stopAt: [`${base}/callback`] })).url);
  const refused = (page: Page) => {
    expect(page.status).toBe(400);
    expect(page.body).toContain('This sign-in was not begun in this browser, or took too long.');
  };

  describe('the choice', () => {
    it('is a page of links, each of which keeps where the person wanted to go', async () => {
      const page = await browser.get(`${base}/me`);
      expect(page.status).toBe(200);
      expect(page.body).toContain('Where do you want to sign in?');
      expect(page.link('Home')).toBe(loginAt(main));
      expect(page.link('St. Mary’s <Clinic>')).toBe(loginAt(clinic));
      expect(page.body).not.toContain('<Clinic>');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(main.authorizations).toEqual([]);
    });

    it('leads through the server that was chosen, as the client that this process is there', async () => {
      const page = await browser.get((await browser.get(`${base}/me`)).link('St. Mary’s <Clinic>'));
      expect(page.url).toBe(`${base}/me`);
      expect(page.json()).toMatchObject({ person: { issuer: clinic.issuer, subject: 'alice' } });
      expect(clinic.authorizations[0]).toMatchObject({
        client_id: 'rs-at-the-clinic',
        redirect_uri: `${base}/callback/clinic`,
      });
      expect(main.authorizations).toEqual([]);
    });

    it('is not offered to a program: one that names no server gets the first, at the address it always had (FH-12)', async () => {
      const page = await browser.get(`${base}/login`, API);
      expect(page.json()).toMatchObject({ sub: 'alice' });
      expect(main.authorizations[0]).toMatchObject({ redirect_uri: `${base}/callback` });
    });

    it('is not needed where there is one server', async () => {
      await app.close();
      await start([]);
      expect((await browser.get(`${base}/me`)).url).toBe(`${base}/me`);
    });

    it.each(['https://evil.example', '', 'clinic'])('knows no other server: “%s” is refused', async (as) => {
      const page = await browser.get(`${base}/login?${new URLSearchParams({ as }).toString()}`);
      expect(page.status).toBe(400);
      expect(page.body).toContain('Nobody can sign in at that authorization server.');
    });

    it('knows no server that is named twice', async () => {
      const as = encodeURIComponent(main.issuer);
      expect((await browser.get(`${base}/login?as=${as}&as=${as}`)).status).toBe(400);
    });
  });

  describe('a PAT', () => {
    it('is kept for each person at each server: the same subject elsewhere is somebody else', async () => {
      await signIn(main);
      const atMain = main.lastAccessToken;
      expect(await patAt(clinic)).toBeUndefined();
      await signIn(clinic, new UserAgent());
      expect(await patAt(main)).toBe(atMain);
      expect(await patAt(clinic)).toBe(clinic.lastAccessToken);
    });

    it('is renewed at its own server alone, by the client of that server', async () => {
      await signIn(main);
      await signIn(clinic, new UserAgent());
      clock.advanceMs(3600_000);
      expect(await patAt(clinic)).toBe(clinic.lastAccessToken);
      expect([main.refreshes, clinic.refreshes]).toEqual([0, 1]);
      expect(await patAt(main)).toBe(main.lastAccessToken);
      expect([main.refreshes, clinic.refreshes]).toEqual([1, 1]);
    });

    it('is shown to nobody once its server is in the settings no more, and is there when it is back', async () => {
      await signIn(clinic);
      await app.close();
      await start([]);
      expect(await patAt(clinic)).toBeUndefined();
      clock.advanceMs(3600_000);
      expect(await patAt(clinic)).toBeUndefined();
      expect(await app.get(PatKeeper).has({ issuer: clinic.issuer, subject: 'alice' })).toBe(true);
      await app.close();
      await start();
      expect(await patAt(clinic)).toBe(clinic.lastAccessToken);
      expect(main.refreshes).toBe(0);
    });

    it('is whatever access token an owner gets, where a server knows no scope for it (Keycloak)', async () => {
      await app.close();
      await start([serverOf(clinic, { id: 'clinic', scopes: 'openid offline_access', patScope: null })]);
      await signIn(clinic);
      expect(clinic.authorizations[0]?.['scope']).toBe('openid offline_access');
      expect(await patAt(clinic)).toBe(clinic.lastAccessToken);
    });

    it('is asked for once at each server', async () => {
      for (const provider of [main, clinic, main, clinic]) await signIn(provider);
      for (const { authorizations } of [main, clinic]) {
        expect(authorizations.map(({ prompt }) => prompt)).toEqual(['consent', undefined]);
      }
    });
  });

  it('refreshes the tokens of a session where they are from', async () => {
    await app.close();
    await start(undefined, { keepPat: false });
    await signIn(clinic);
    const session = await sessionOf();
    clock.advanceMs(3600_000);
    expect(session && (await app.get(SessionTokens).idToken(session))).toBeDefined();
    expect([main.refreshes, clinic.refreshes]).toEqual([0, 1]);
  });

  it('asks the person’s own server about them', async () => {
    await signIn(clinic);
    expect((await browser.get(`${base}/userInfo`, API)).json()).toMatchObject({ sub: 'alice' });
    expect(main.tokenRequests).toEqual([]);
  });

  it('signs out of the server where the person signed in', async () => {
    await signIn(clinic);
    const page = await browser.get(`${base}/logout`);
    expect(page.headers['content-security-policy']).toContain(`form-action 'self' ${clinic.issuer}`);
    const out = await browser.submit({}, { button: 'Sign out', stopAt: [clinic.issuer, main.issuer] });
    expect(out.url).toContain(`${clinic.issuer}/end-session?`);
    expect(new URL(out.url).searchParams.get('client_id')).toBe('rs-at-the-clinic');
    expect(await sessionOf()).toBeUndefined();
  });

  describe('mix-up (RFC 9700 section 4.4)', () => {
    it.each([true, false])(
      'a code never goes to another server than the one that gave it (it names itself: %s)',
      async (namesItself) => {
        Object.assign(main, { namesItself });
        // The clinic has the browser sign in at the main server, whose answer comes back under the clinic's attempt.
        const answer = await answerOf(main);
        const attempt = await answerOf(clinic);
        const mixed = new URL(answer);
        mixed.searchParams.set('state', attempt.searchParams.get('state') ?? '');
        refused(await browser.get(mixed.href));
        expect([main.tokenRequests, clinic.tokenRequests]).toEqual([[], []]);
      },
    );

    it('an answer that says it is from another server is refused, at the right address too', async () => {
      const [answer, attempt] = [await answerOf(main), await answerOf(clinic)];
      for (const name of ['code', 'iss']) attempt.searchParams.set(name, answer.searchParams.get(name) ?? '');
      expect((await browser.get(attempt.href)).status).toBe(500);
      expect([main.tokenRequests, clinic.tokenRequests]).toEqual([[], []]);
      expect(await sessionOf()).toBeUndefined();
    });

    it.each([
      ['the main server’s', '/callback'],
      ['an unknown server’s', '/callback/other'],
    ])('an answer of the clinic that comes to %s address is refused', async (_whose, path) => {
      const { search } = await answerOf(clinic);
      refused(await browser.get(`${base}${path}${search}`));
      expect(clinic.tokenRequests).toEqual([]);
    });

    it('an answer of the main server that comes to the clinic’s address is refused', async () => {
      const { search } = await answerOf(main);
      refused(await browser.get(`${base}/callback/clinic${search}`));
      expect(main.tokenRequests).toEqual([]);
    });
  });

  it('signs nobody in with an attempt whose server is gone', async () => {
    const answer = await answerOf(clinic);
    await app.close();
    await start([serverOf(clinic, { issuer: 'https://other.example', id: 'clinic' })]);
    refused(await browser.get(`${base}/callback/clinic${answer.search}`));
    await app.close();
    await start([]);
    expect((await browser.get(`${base}/callback/clinic${answer.search}`)).status).toBe(404);
    expect(clinic.tokenRequests).toEqual([]);
  });

  it('cannot tell apart two servers with one issuer, or with one address', async () => {
    await app.close();
    await expect(start([serverOf(main, { id: 'other' })])).rejects.toThrow('an issuer and an id of its own');
    await expect(start([serverOf(clinic)])).rejects.toThrow('an issuer and an id of its own');
    await start();
  });
});
