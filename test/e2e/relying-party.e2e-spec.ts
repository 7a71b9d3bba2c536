import { inspect } from 'node:util';

import { Logger, type INestApplication } from '@nestjs/common';

import { AuthModule, LoginListener, PatKeeper, Sessions, SessionTokens } from '../../src/auth/index.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { digest } from '../../src/common/digest.js';
import type { Database } from '../../src/database/database.js';
import { patMigrations, type PatTables } from '../../src/database/resource-server/pats.js';
import { sessionMigrations, type SessionTables } from '../../src/database/sessions.js';
import type { Page } from '../../src/demo/front-door/page.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import type { ResourceOwner } from '../../src/uma/index.js';
import { authApplication, type AuthApplicationParts, authOptions, serverOf } from '../support/auth-application.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';

const HOUR_MS = 60 * 60 * 1000;
const API = { headers: { accept: 'application/json' } };
const CLIENT = { keepPat: false, scopes: 'openid profile', consentOnce: false };

class Listener extends LoginListener {
  readonly heard: unknown[] = [];
  fails = false;

  override signedIn(person: ResourceOwner, name?: string): Promise<void> {
    this.heard.push({ ...person, name });
    return this.fails ? Promise.reject(new Error('nothing works')) : Promise.resolve();
  }

  override signedOut(person: ResourceOwner): Promise<void> {
    return this.signedIn(person, 'signed out');
  }
}

describeOnEachDatabase('signing in', (open) => {
  let clock: FixedClock;
  let provider: FakeOpenIdProvider;
  let database: Database<SessionTables & PatTables>;
  let app: INestApplication;
  let base: string;
  let alice: UserAgent;

  beforeEach(async () => {
    clock = new FixedClock(Date.now());
    provider = await FakeOpenIdProvider.start(clock);
    database = await open({ ...sessionMigrations, ...patMigrations });
    alice = new UserAgent();
  });

  afterEach(async () => {
    await app.close();
    await provider.stop();
  });

  async function start(
    { scopes, ...options }: AuthApplicationParts['options'] & { readonly scopes?: string } = {},
    providers: NonNullable<AuthApplicationParts['providers']> = [],
  ): Promise<void> {
    const servers = [serverOf(provider, scopes === undefined ? {} : { scopes })] as const;
    ({ app, base } = await authApplication({ provider, clock, database, options: { servers, ...options }, providers }));
  }

  const owner = (subject = 'alice') => ({ issuer: provider.issuer, subject });
  const prompts = () => provider.authorizations.map(({ prompt }) => prompt);
  const signIn = (browser = alice) => browser.get(`${base}/login`);
  const signOut = async (browser: UserAgent): Promise<void> => {
    await browser.get(`${base}/logout`);
    await browser.submit({}, { button: 'Sign out', stopAt: [provider.issuer] });
  };
  const sessionCookie = (browser: UserAgent) =>
    browser.cookies.matching(new URL(base)).find(({ name }) => name === 'rs')?.value;
  const sessionOf = (browser: UserAgent) =>
    app.get(Sessions).current({ headers: { cookie: browser.cookies.header(new URL(base)) ?? '' } });

  async function signedInSession(browser = alice) {
    const session = await sessionOf(browser);
    if (session === undefined) throw new Error('Nobody is signed in.');
    return session;
  }

  /** Goes to sign in, but does not come back from the authorization server yet. */
  async function callbackUrl(browser = alice, path = '/login'): Promise<URL> {
    const page = await browser.get(`${base}${path}`, { stopAt: [`${base}/callback`] });
    return new URL(page.url);
  }

  describe('the way to the authorization server and back (FH-12, FH-13)', () => {
    beforeEach(() => start());

    it('asks for a code with PKCE, with fresh state and nonce each time', async () => {
      await callbackUrl();
      await callbackUrl();
      const [first, second] = provider.authorizations;
      expect(first).toMatchObject({
        response_type: 'code',
        client_id: 'client',
        redirect_uri: `${base}/callback`,
        scope: 'openid uma_protection offline_access',
        code_challenge_method: 'S256',
      });
      for (const parameter of ['state', 'nonce', 'code_challenge']) {
        expect(first?.[parameter]).toMatch(/^[\w-]{43}$/);
        expect(first?.[parameter]).not.toBe(second?.[parameter]);
      }
    });

    it('brings a browser to the page it came from, signed in', async () => {
      const page = await alice.get(`${base}/me`);
      expect(page.url).toBe(`${base}/me`);
      expect(page.json()).toMatchObject({ person: owner(), name: 'Alice' });
      expect(alice.trail.map(({ status }) => status)).toEqual([303, 302, 303, 303, 200]);
    });

    it('brings a browser that came from nowhere to the start page', async () => {
      expect((await signIn()).url).toBe(`${base}/`);
    });

    it('never lends itself to a forger: a foreign return address is forgotten', async () => {
      const page = await alice.get(`${base}/login?returnTo=${encodeURIComponent('//evil.test/')}`);
      expect(page.url).toBe(`${base}/`);
    });

    it('tells a program who signed in, and shows no token', async () => {
      const page = await alice.get(`${base}/login`, API);
      expect(page.json()).toEqual({
        sub: 'alice',
        scope: 'openid uma_protection offline_access',
        expiresAt: new Date((clock.nowSeconds() + 3600) * 1000).toISOString(),
      });
      expect(page.body).not.toContain(provider.lastAccessToken);
      expect(page.headers['cache-control']).toBe('private, no-store');
    });

    it('gives the browser a cookie that scripts cannot read, with nothing in it but a random id', async () => {
      await signIn();
      const cookies = alice.cookies.matching(new URL(base));
      expect(cookies.map(({ name }) => name).sort()).toEqual(['rs', 'rs_consented']);
      for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'lax', secure: false });
      const session = cookies.find(({ name }) => name === 'rs');
      expect(session?.value).toMatch(/^[\w-]{43}$/);
    });

    it('stores neither the session id nor any token as it is', async () => {
      await signIn();
      const rows = await database.kysely.selectFrom('login_session').selectAll().execute();
      const pats = await database.kysely.selectFrom('pat').selectAll().execute();
      expect(rows.map(({ id }) => id)).toEqual([digest(sessionCookie(alice) ?? '')]);
      const stored = inspect([rows, pats], { depth: 5 });
      for (const secret of [sessionCookie(alice), provider.lastAccessToken, provider.lastRefreshToken]) {
        expect(stored).not.toContain(secret);
      }
    });
  });

  it('pushes what it asks for to an authorization server that takes that, and sends the browser with a reference (RFC 9126)', async () => {
    provider.takesPushed = true;
    await start();
    const sent = new URL((await alice.get(`${base}/login`, { stopAt: [provider.issuer] })).url);
    expect([...sent.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(sent.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/);
    const page = await alice.get(`${base}/me`);
    expect(page.json()).toMatchObject({ person: owner() });
    expect(provider.authorizations.at(-1)).toMatchObject({ prompt: 'consent', code_challenge_method: 'S256' });
  });

  it('shows the tokens to a program when the setting for development says so', async () => {
    await start({ devShowTokens: true });
    const page = await alice.get(`${base}/login`, API);
    expect(page.json()['tokens']).toMatchObject({ accessToken: provider.lastAccessToken });
  });

  it('marks its cookies for TLS alone when its address is https', async () => {
    await start({ baseUrl: 'https://rs.test' });
    const page = await alice.get(`${base}/login`, { stopAt: [provider.issuer] });
    expect(page.status).toBe(302);
    const cookies = alice.cookies.matching(new URL(base));
    expect(cookies).toMatchObject([{ name: expect.stringMatching(/^rs_login_/) as string, secure: true }]);
  });

  it('lives below the path of its address: cookies, redirects, pages', async () => {
    await start({ baseUrl: 'https://rs.test/rs' });
    await alice.get(`${base}/rs/login`, { stopAt: [provider.issuer] });
    expect(alice.cookies.matching(new URL(`${base}/rs/callback`))).toMatchObject([{ path: '/rs' }]);
    expect(alice.cookies.matching(new URL(`${base}/other`))).toEqual([]);
    const page = await alice.get(`${base}/rs/me`, { stopAt: [`${base}/rs/login`] });
    expect(page.url).toBe(`${base}/rs/login?returnTo=%2Frs%2Fme`);
    expect((await alice.get(`${base}/rs/callback`)).link('Sign in again')).toBe(`${base}/rs/login`);
  });

  it('refuses an authorization server that is not reached over TLS', async () => {
    await start();
    const options = { ...authOptions(provider), servers: [serverOf(provider, { issuer: 'http://as.test' })] as const };
    expect(() => AuthModule.register(options)).toThrow('https');
  });

  describe('attacks', () => {
    beforeEach(() => start());

    async function expectRefused(page: Page, status: number): Promise<void> {
      expect(page.status).toBe(status);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.link('Sign in again')).toBe(`${base}/login`);
      expect(page.body).not.toMatch(/\.ts\b|at .*\(|access-|refresh-/);
      expect(await sessionOf(alice)).toBeUndefined();
    }

    it('login CSRF: a callback that another browser began is refused', async () => {
      const planted = await callbackUrl(new UserAgent());
      await expectRefused(await alice.get(planted), 400);
      expect(provider.tokenRequests).toEqual([]);
    });

    it('login CSRF: a callback of another attempt is refused', async () => {
      const planted = await callbackUrl(new UserAgent());
      await callbackUrl();
      await expectRefused(await alice.get(planted), 400);
      expect(provider.tokenRequests).toEqual([]);
    });

    it.each(['', 'other'])('a callback with state "%s" is refused', async (state) => {
      const url = await callbackUrl();
      url.searchParams.set('state', state);
      await expectRefused(await alice.get(url), 400);
    });

    it('a callback without state is refused', async () => {
      const url = await callbackUrl();
      url.searchParams.delete('state');
      await expectRefused(await alice.get(url), 400);
    });

    it('a callback opened twice is refused the second time, and the first session lives on', async () => {
      const url = await callbackUrl();
      await alice.get(url);
      const first = await signedInSession();
      expect((await alice.get(url)).status).toBe(400);
      expect(await signedInSession()).toEqual(first);
    });

    it('sign-ins begun in several tabs each come to their end, whichever is first', async () => {
      const [one, other] = [await callbackUrl(alice, '/login?returnTo=%2Fme'), await callbackUrl()];
      expect((await alice.get(one)).url).toBe(`${base}/me`);
      expect((await alice.get(other)).url).toBe(`${base}/`);
    });

    it('a callback that nobody waits for ends no sign-in that is under way', async () => {
      const url = await callbackUrl();
      await expectRefused(await alice.get(`${base}/callback?state=made-up&code=made-up`), 400);
      expect((await alice.get(url)).url).toBe(`${base}/`);
    });

    it('sign-ins that are begun again and again fill no browser with cookies', async () => {
      const first = await callbackUrl();
      for (let count = 0; count < 9; count++) {
        clock.advanceMs(1);
        await callbackUrl();
      }
      expect(alice.cookies.matching(new URL(base))).toHaveLength(4);
      await expectRefused(await alice.get(first), 400);
    });

    it('a callback that comes too late is refused', async () => {
      const url = await callbackUrl();
      clock.advanceMs(HOUR_MS / 4);
      await expectRefused(await alice.get(url), 400);
    });

    it('a changed attempt cookie is refused', async () => {
      const url = await callbackUrl();
      const [cookie] = alice.cookies.matching(new URL(base));
      alice.cookies.store(new URL(base), [`${String(cookie?.name)}=AAAA; Path=/`]);
      await expectRefused(await alice.get(url), 400);
    });

    it('a made-up code is refused', async () => {
      const url = await callbackUrl();
      url.searchParams.set('code', 'made-up');
      await expectRefused(await alice.get(url), 400);
    });

    it('mix-up: an answer that names another issuer is refused (RFC 9207)', async () => {
      const url = await callbackUrl();
      url.searchParams.set('iss', 'https://evil.test');
      await expectRefused(await alice.get(url), 500);
      expect(provider.tokenRequests).toEqual([]);
    });

    it.each([
      ['another nonce', { nonce: 'planted' }],
      ['another audience', { aud: 'other-client' }],
      ['another issuer', { iss: 'https://evil.test' }],
      ['an end in the past', { exp: 1 }],
    ])('an ID token with %s is refused', async (_what, claims) => {
      provider.idTokenClaims = claims;
      await expectRefused(await signIn(), 500);
    });

    it('an ID token signed with a foreign key is refused', async () => {
      provider.forges = true;
      await expectRefused(await signIn(), 500);
    });

    it('session fixation: signing in gives a new session id, and the old one is worth nothing', async () => {
      await signIn();
      const old = sessionCookie(alice) ?? '';
      provider.person = { sub: 'mallory' };
      await signIn();
      expect(sessionCookie(alice)).not.toBe(old);
      expect(await app.get(Sessions).current({ headers: { cookie: `rs=${old}` } })).toBeUndefined();
    });

    it('session fixation: a planted session id is not taken over', async () => {
      alice.cookies.store(new URL(base), ['rs=planted; Path=/']);
      await signIn();
      expect(sessionCookie(alice)).not.toBe('planted');
    });

    it('a person who cancels is told so', async () => {
      provider.person = undefined;
      await expectRefused(await signIn(), 403);
      expect(alice.page.text).toContain('Signing in was cancelled');
      expect(alice.page.text).not.toContain('did not work');
    });

    it('a person who cancels may sign in again, and gets where the first sign-in was to lead', async () => {
      provider.person = undefined;
      const login = `/login?${new URLSearchParams({ returnTo: '/open?resource=https://rs.test/r1' }).toString()}`;
      expect((await alice.get(`${base}${login}`)).link('Sign in again')).toBe(`${base}${login}`);
    });

    it('a person who cancels is offered no way to a forger', async () => {
      provider.person = undefined;
      const page = await alice.get(`${base}/login?returnTo=${encodeURIComponent('//evil.test/')}`);
      expect(page.link('Sign in again')).toBe(`${base}/login`);
    });

    it('a callback of another attempt learns nothing of where this one was to lead', async () => {
      const url = await callbackUrl(alice, '/login?returnTo=%2Fopen');
      url.searchParams.set('state', 'other');
      await expectRefused(await alice.get(url), 400);
    });

    it('a program is told of a failure in JSON', async () => {
      const page = await alice.get(`${base}/callback?code=a&state=b`, API);
      expect(page.status).toBe(400);
      expect(page.json()).toMatchObject({ error: 'invalid_request' });
    });
  });

  describe('an authorization server that is away', () => {
    beforeEach(() => start());

    it('is told as such at the sign-in, which works again when it is back', async () => {
      await provider.stop();
      const page = await signIn();
      expect(page.status).toBe(503);
      expect(page.text).toContain('cannot be reached');
      await provider.listen();
      expect((await signIn()).url).toBe(`${base}/`);
    });

    it('loses nobody’s way: signing in again leads where the first sign-in was to lead', async () => {
      await provider.stop();
      const page = await alice.get(`${base}/login?returnTo=%2Fopen`);
      expect(page.link('Sign in again')).toBe(`${base}/login?returnTo=%2Fopen`);
      await provider.listen();
    });

    it.each([500, 502])('is told as such at the callback when it answers %s', async (status) => {
      const url = await callbackUrl();
      provider.tokenAnswer = { status, body: { error: 'server_error' } };
      expect((await alice.get(url)).status).toBe(503);
    });

    it.each([
      ['server_error', 503],
      ['temporarily_unavailable', 503],
      ['invalid_scope', 400],
    ])('is understood when it sends people back with %s', async (error, status) => {
      const url = await callbackUrl();
      url.searchParams.delete('code');
      url.searchParams.set('error', error);
      expect((await alice.get(url)).status).toBe(status);
    });

    it('does not explain its own set-up to the person', async () => {
      const url = await callbackUrl();
      provider.tokenAnswer = { status: 401, body: { error: 'invalid_client', error_description: 'client-secret' } };
      const page = await alice.get(url);
      expect(page.status).toBe(500);
      expect(page.body).not.toContain('client-secret');
    });
  });

  describe('guards', () => {
    beforeEach(() => start());

    it('sends a browser to sign in, and tells a program', async () => {
      const page = await alice.get(`${base}/me`, { stopAt: [`${base}/login`] });
      expect(page.url).toBe(`${base}/login?returnTo=%2Fme`);
      const answer = await alice.get(`${base}/me`, API);
      expect(answer.status).toBe(401);
      expect(answer.json()).toMatchObject({ error: 'login_required' });
    });

    it('does not send a browser away that was changing something', async () => {
      expect((await alice.post(`${base}/me`, {})).status).toBe(401);
    });

    it.each(['', 'rs=', 'rs=made-up', 'other=x'])('lets nobody in with the cookie "%s"', async (cookie) => {
      expect((await alice.get(`${base}/me`, { headers: { ...API.headers, cookie } })).status).toBe(401);
    });

    it('lets nobody in after twelve hours, and forgets the session', async () => {
      await signIn();
      clock.advanceMs(12 * HOUR_MS);
      expect((await alice.get(`${base}/me`, API)).status).toBe(401);
      await signIn(new UserAgent());
      expect(await database.kysely.selectFrom('login_session').selectAll().execute()).toHaveLength(1);
    });

    it('cross-site request forgery: a change needs the session’s token', async () => {
      await signIn();
      const { csrfToken } = await signedInSession();
      const other = new UserAgent();
      await signIn(other);
      const foreign = (await signedInSession(other)).csrfToken;
      for (const fields of [{}, { csrf_token: '' }, { csrf_token: foreign }] as Record<string, string>[]) {
        const page = await alice.post(`${base}/me`, fields);
        expect(page.status).toBe(403);
        expect(page.json()).toMatchObject({ error: 'access_denied' });
      }
      expect((await alice.post(`${base}/me`, { csrf_token: csrfToken })).body).toBe('changed by alice');
      expect((await alice.post(`${base}/me`, {}, { headers: { 'x-csrf-token': csrfToken } })).status).toBe(201);
      expect((await alice.post(`${base}/me`, {}, { headers: { 'x-csrf-token': foreign } })).status).toBe(403);
    });

    it('has no session to give on a route that is not guarded', async () => {
      await signIn();
      expect((await alice.get(`${base}/careless`)).status).toBe(500);
    });
  });

  describe('the PAT of an owner', () => {
    const pats = () => app.get(PatKeeper);
    const patOf = async (subject = 'alice') => (await pats().patOf(owner(subject)))?.reveal();
    const renew = async (rejected: string | undefined, keeper = pats()) =>
      (await keeper.renew(owner(), { reveal: () => rejected } as never))?.reveal();

    beforeEach(() => start());

    it('is kept at the first sign-in, which asks for consent once (FH-12)', async () => {
      await signIn();
      expect(await patOf()).toBe(provider.lastAccessToken);
      await signIn();
      await signIn();
      expect(prompts()).toEqual(['consent', undefined, undefined]);
    });

    it('is not overwritten by a later sign-in, whose tokens end with the session', async () => {
      await signIn();
      const kept = provider.lastAccessToken;
      await signIn();
      expect(provider.lastAccessToken).not.toBe(kept);
      expect(await patOf()).toBe(kept);
    });

    it('gives way to one that the person consented to again in another browser', async () => {
      await signIn();
      await signIn(new UserAgent());
      expect(prompts()).toEqual(['consent', 'consent']);
      expect(await patOf()).toBe(provider.lastAccessToken);
    });

    it('is asked for once more when another person signs in with the browser', async () => {
      await signIn();
      provider.person = { sub: 'carol' };
      const page = await alice.get(`${base}/login?returnTo=/me`);
      expect(prompts()).toEqual(['consent', undefined, 'consent']);
      expect(page.json()).toMatchObject({ person: owner('carol') });
      expect(await patOf('carol')).toBe(provider.lastAccessToken);
      expect(await patOf()).not.toBe(provider.lastAccessToken);
    });

    it('is asked for again when it was lost', async () => {
      await signIn();
      await database.kysely.deleteFrom('pat').execute();
      await signIn();
      expect(prompts()).toEqual(['consent', 'consent']);
      expect(await patOf()).toBe(provider.lastAccessToken);
    });

    it('is asked for again when it was sealed with a key that is gone', async () => {
      await signIn();
      await database.kysely.updateTable('pat').set({ tokens: 'AAAA' }).execute();
      expect(await patOf()).toBeUndefined();
      await signIn();
      expect(await patOf()).toBe(provider.lastAccessToken);
    });

    it('survives sign-out', async () => {
      await signIn();
      const kept = provider.lastAccessToken;
      const { csrfToken } = await signedInSession();
      await alice.post(`${base}/logout`, { csrf_token: csrfToken }, { stopAt: [provider.issuer] });
      expect(await patOf()).toBe(kept);
    });

    it('is renewed when it has ended', async () => {
      await signIn();
      const old = await patOf();
      clock.advanceMs(HOUR_MS);
      expect(await patOf()).not.toBe(old);
      expect(provider.accepts((await patOf()) ?? '')).toBe(true);
      expect(provider.refreshes).toBe(1);
    });

    it('is renewed once for all who were refused (RS-10)', async () => {
      await signIn();
      const old = await patOf();
      const renewed = await Promise.all(Array.from({ length: 50 }, () => renew(old)));
      expect(new Set(renewed)).toEqual(new Set([provider.lastAccessToken]));
      expect(provider.refreshes).toBe(1);
      expect(await renew(old)).toBe(provider.lastAccessToken);
      expect(provider.refreshes).toBe(1);
    });

    it('is renewed once for several instances that share the database', async () => {
      await signIn();
      const old = await patOf();
      const second = await authApplication({ provider, clock, database });
      const others = second.app.get(PatKeeper);
      const renewed = await Promise.all([renew(old), renew(old, others), renew(old), renew(old, others)]);
      expect(new Set(renewed)).toEqual(new Set([provider.lastAccessToken]));
      expect(provider.refreshes).toBe(1);
      await second.app.close();
    });

    it('is renewed again and again: each refresh token is spent once', async () => {
      await signIn();
      for (let round = 1; round <= 3; round++) {
        expect(await renew(await patOf())).toBe(provider.lastAccessToken);
        expect(provider.refreshes).toBe(round);
      }
    });

    it('is kept while the authorization server is away, and renewed when it is back', async () => {
      await signIn();
      const old = await patOf();
      provider.tokenAnswer = { status: 503 };
      expect(await renew(old)).toBeUndefined();
      expect(await patOf()).toBe(old);
      provider.tokenAnswer = undefined;
      expect(await renew(old)).toBe(provider.lastAccessToken);
    });

    it('is dropped when it can be renewed no more, and the next sign-in asks for consent', async () => {
      await signIn();
      provider.revokeAll();
      expect(await renew(await patOf())).toBeUndefined();
      expect(await patOf()).toBeUndefined();
      await signIn();
      expect(prompts()).toEqual(['consent', 'consent']);
      expect(await patOf()).toBe(provider.lastAccessToken);
    });

    it('is dropped when it is refused and there is nothing to renew it with, and not before', async () => {
      const tokens = { accessToken: new Secret('lasting'), scope: 'uma_protection' };
      await pats().offer({ person: owner(), tokens }, true);
      expect(await renew('an older one')).toBe('lasting');
      expect(await pats().has(owner())).toBe(true);
      expect(await renew('lasting')).toBeUndefined();
      expect(await pats().has(owner())).toBe(false);
    });

    it('is asked for anew at a sign-in after which it turns out to be worthless', async () => {
      await app.close();
      const signedIn = async (): Promise<unknown> => renew(await patOf());
      await start({}, [{ provide: LoginListener, useValue: { signedIn } }]);
      await signIn();
      provider.revokeAll();
      expect((await signIn()).url).toBe(`${base}/`);
      expect(prompts()).toEqual(['consent', undefined, 'consent']);
      expect(await patOf()).toBe(provider.lastAccessToken);
    });

    it('is taken over from an instance that died while it renewed it', async () => {
      await signIn();
      await database.kysely.updateTable('pat').set({ refreshing_until_ms: clock.nowMs() }).execute();
      expect(await renew(await patOf())).toBe(provider.lastAccessToken);
    });

    it('is not given for another person or another authorization server', async () => {
      await signIn();
      expect(await patOf('bob')).toBeUndefined();
      expect(await pats().patOf({ issuer: 'https://other.test', subject: 'alice' })).toBeUndefined();
    });

    it('is missing when it was not granted, and the sign-in ends all the same', async () => {
      await app.close();
      await start({ scopes: 'openid offline_access' });
      expect((await signIn()).url).toBe(`${base}/`);
      expect(await patOf()).toBeUndefined();
      expect(prompts()).toEqual(['consent']);
    });
  });

  it('takes the tokens of a plain sign-in for the PAT where no consent is to be asked for', async () => {
    await start({ consentOnce: false });
    await signIn();
    expect(prompts()).toEqual([undefined]);
    expect((await app.get(PatKeeper).patOf(owner()))?.reveal()).toBe(provider.lastAccessToken);
  });

  describe('the tokens of a client’s session', () => {
    beforeEach(() => start(CLIENT));

    const idToken = async () => (await app.get(SessionTokens).idToken(await signedInSession()))?.reveal();

    it('hold an ID token that is used as long as it lasts', async () => {
      await signIn();
      const first = await idToken();
      clock.advanceMs(HOUR_MS - 61_000);
      expect(await idToken()).toBe(first);
      expect(provider.refreshes).toBe(0);
    });

    it('are refreshed once for all who wait when the ID token is about to expire', async () => {
      await signIn();
      const first = await idToken();
      clock.advanceMs(HOUR_MS - 60_000);
      const refreshed = new Set(await Promise.all(Array.from({ length: 20 }, idToken)));
      expect(refreshed.size).toBe(1);
      expect(refreshed).not.toContain(first);
      expect(provider.refreshes).toBe(1);
    });

    it('are good to their last second while the authorization server is away', async () => {
      await signIn();
      const first = await idToken();
      clock.advanceMs(HOUR_MS - 1000);
      provider.tokenAnswer = { status: 503 };
      expect(await idToken()).toBe(first);
      clock.advanceMs(1000);
      expect(await idToken()).toBeUndefined();
      provider.tokenAnswer = undefined;
      expect(await idToken()).toBeDefined();
    });

    it('are not tried again once they can be refreshed no more', async () => {
      await signIn();
      provider.revokeAll();
      clock.advanceMs(HOUR_MS);
      expect([await idToken(), await idToken()]).toEqual([undefined, undefined]);
      expect(provider.refreshes).toBe(1);
    });

    it('need no consent and leave no PAT', async () => {
      await signIn();
      expect(prompts()).toEqual([undefined]);
      expect(() => app.get(PatKeeper)).toThrow();
    });
  });

  it('asks a client’s user for consent once in a browser, where that is set', async () => {
    await start({ ...CLIENT, consentOnce: true });
    await signIn();
    await signIn();
    alice.cookies.store(new URL(base), ['rs_consented=AAAA; Path=/']);
    await signIn();
    expect(prompts()).toEqual(['consent', undefined, 'consent']);
  });

  describe('/userInfo (FH-14)', () => {
    it('tells what the authorization server knows about the person', async () => {
      await start();
      await signIn();
      const page = await alice.get(`${base}/userInfo`, API);
      expect(page.json()).toEqual({ sub: 'alice', name: 'Alice', email: 'alice@example.org' });
      expect(page.headers['cache-control']).toBe('private, no-store');
    });

    it('wants a sign-in first', async () => {
      await start();
      expect((await alice.get(`${base}/userInfo`, API)).status).toBe(401);
      expect((await alice.get(`${base}/userInfo`)).json()).toMatchObject({ sub: 'alice' });
    });

    it('uses the PAT when the session’s own token has ended', async () => {
      await start();
      await signIn();
      clock.advanceMs(2 * HOUR_MS);
      expect((await alice.get(`${base}/userInfo`, API)).json()).toMatchObject({ sub: 'alice' });
      expect(provider.refreshes).toBe(1);
    });

    it('refreshes the token of a client’s session', async () => {
      await start(CLIENT);
      await signIn();
      clock.advanceMs(2 * HOUR_MS);
      expect((await alice.get(`${base}/userInfo`, API)).json()).toMatchObject({ sub: 'alice' });
      expect(provider.refreshes).toBe(1);
    });

    it('wants another sign-in when no token works any more', async () => {
      await start(CLIENT);
      await signIn();
      provider.revokeAll();
      expect((await alice.get(`${base}/userInfo`, API)).status).toBe(401);
      clock.advanceMs(2 * HOUR_MS);
      expect((await alice.get(`${base}/userInfo`, API)).status).toBe(401);
    });
  });

  describe('/logout', () => {
    it('asks first, then signs out here and goes on to the authorization server, with no token in the address', async () => {
      await start();
      await signIn();
      const asked = await alice.get(`${base}/logout`);
      expect(asked.text).toContain('You are signed in as Alice.');
      expect(asked.headers['content-security-policy']).toContain(`form-action 'self' ${provider.issuer}`);
      const page = await alice.submit({}, { button: 'Sign out', stopAt: [provider.issuer] });
      expect(page.url).toBe(
        `${provider.issuer}/end-session?${new URLSearchParams({ post_logout_redirect_uri: `${base}/`, client_id: 'client' }).toString()}`,
      );
      expect(await sessionOf(alice)).toBeUndefined();
      expect(await database.kysely.selectFrom('login_session').selectAll().execute()).toEqual([]);
    });

    it('sign-out CSRF: another site can neither post nor link it', async () => {
      await start();
      await signIn();
      expect((await alice.post(`${base}/logout`, {})).status).toBe(403);
      await alice.get(`${base}/logout`);
      expect(await sessionOf(alice)).toBeDefined();
    });

    it('tells a program where to sign out of the authorization server too', async () => {
      await start();
      await signIn();
      const { csrfToken } = await signedInSession();
      const page = await alice.post(`${base}/logout`, {}, { headers: { ...API.headers, 'x-csrf-token': csrfToken } });
      expect(page.status).toBe(200);
      expect(page.json()).toEqual({
        endSessionUrl: expect.stringContaining(`${provider.issuer}/end-session`) as unknown,
      });
    });

    it('works without the authorization server, and goes to the start page', async () => {
      await start();
      await signIn();
      clock.advanceMs(HOUR_MS);
      await provider.stop();
      await alice.get(`${base}/logout`);
      expect((await alice.submit({}, { button: 'Sign out' })).url).toBe(`${base}/`);
      expect(await sessionOf(alice)).toBeUndefined();
    });

    it('has nothing to ask somebody who is not signed in', async () => {
      await start();
      expect((await alice.get(`${base}/logout`)).url).toBe(`${base}/`);
      expect((await alice.post(`${base}/logout`, {}, { stopAt: [provider.issuer] })).status).toBe(303);
    });
  });

  describe('who listens', () => {
    it('is told about each sign-in', async () => {
      const listener = new Listener();
      await start({}, [{ provide: LoginListener, useValue: listener }]);
      await signIn();
      expect(listener.heard).toEqual([{ ...owner(), name: 'Alice' }]);
    });

    it('is told about a sign-out when it was the person’s last one', async () => {
      const listener = new Listener();
      await start({}, [{ provide: LoginListener, useValue: listener }]);
      const [phone, laptop, bobs] = [new UserAgent(), new UserAgent(), new UserAgent()];
      for (const browser of [phone, laptop]) await signIn(browser);
      provider.person = { sub: 'bob' };
      await signIn(bobs);
      listener.heard.length = 0;
      await signOut(phone);
      expect(listener.heard).toEqual([]);
      await signOut(laptop);
      expect(listener.heard).toEqual([{ ...owner(), name: 'signed out' }]);
      listener.fails = true;
      await signOut(bobs);
      expect(await sessionOf(bobs)).toBeUndefined();
    });

    it('may be nobody', async () => {
      const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
      await start();
      await signIn();
      expect(logged).not.toHaveBeenCalled();
    });

    it('does not spoil the sign-in by failing', async () => {
      const listener = new Listener();
      listener.fails = true;
      await start({}, [{ provide: LoginListener, useValue: listener }]);
      provider.person = { sub: 'nameless' };
      expect((await signIn()).url).toBe(`${base}/`);
      expect(listener.heard).toEqual([{ ...owner('nameless'), name: undefined }]);
      expect(await sessionOf(alice)).toMatchObject({ person: owner('nameless') });
    });
  });
});
