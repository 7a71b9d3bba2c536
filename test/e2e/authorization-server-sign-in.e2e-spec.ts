import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PAUSE_MS } from '../../src/authorization-server/oidc/accounts/sign-in-attempts.js';
import { OwnerSessions } from '../../src/authorization-server/oidc/sessions/owner-sessions.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { CodeFlow } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import {
  ALICE,
  BOB,
  CALLBACK,
  type OidcApplication,
  startOidcApplication,
  VIEWER,
} from '../support/oidc-application.js';

const SCOPE = 'openid profile email';

/** One of the server's own pages: it shows who is there, and sends strangers to sign in. */
@Controller('account')
class OwnPageController {
  constructor(private readonly sessions: OwnerSessions) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) await reply.redirect(this.sessions.signInUrl(request.url), 303);
    else await reply.send({ name: session.account.name, csrfToken: session.csrfToken, url: request.url });
  }
}

describeOnEachDatabase('signing in', (open) => {
  let oidc: OidcApplication;
  let flow: CodeFlow;

  beforeAll(async () => {
    const database = await open<OidcTables>(oidcMigrations);
    oidc = await startOidcApplication(database, { basePath: '/as', controllers: [OwnPageController] });
  });
  afterAll(() => oidc.close());
  beforeEach(() => {
    flow = new CodeFlow(oidc.issuer);
    // Every test begins after the pauses that the one before earned.
    oidc.clock.advanceMs(PAUSE_MS);
  });

  const askToSignIn = () => flow.person.get(flow.authorizationUrl({ scope: SCOPE }));
  const wrongPassword = (username = 'alice') => flow.signIn({ username, password: 'wrong' });

  it('asks for name and password, then for consent, and goes back to the client with a code', async () => {
    const signIn = await askToSignIn();
    expect(signIn.text).toContain('Sign in to continue to Pulse Viewer');
    const consent = await flow.signIn({ username: 'ALICE', password: ALICE.password });
    expect(consent.text).toContain('Pulse Viewer wants to know who you are see your name see your e-mail address');
    expect(consent.text).toContain('Signed in as Alice Rivers · not you?');
    expect(consent.text).toContain('You then go back to 127.0.0.1:9');
    const back = await flow.person.submit({}, { button: 'Allow' });
    expect(back.url.startsWith(CALLBACK)).toBe(true);
    expect(back.query).toMatchObject({ state: 'state-of-the-test', iss: oidc.issuer });
    expect(back.query['code']).toMatch(/^[\w-]{43}$/);
  });

  it('gives the client its state back as it was', async () => {
    const url = flow.authorizationUrl({ scope: SCOPE }).replace('state-of-the-test', 'a?b=c%26d');
    await flow.person.get(url);
    await flow.signIn(ALICE);
    expect((await flow.person.submit({}, { button: 'Allow' })).query['state']).toBe('a?b=c&d');
  });

  it('asks neither again in the same browser for the same client', async () => {
    await flow.complete({ scope: SCOPE });
    const again = await flow.person.get(flow.authorizationUrl({ scope: SCOPE }));
    expect(again.query['code']).toBeDefined();
  });

  it('protects its pages: no scripts, no frames, forms only to itself and the client (trap of Chromium)', async () => {
    const { headers } = await askToSignIn();
    const { origin } = new URL(CALLBACK);
    expect(headers['content-security-policy']).toContain(`form-action 'self' ${origin};`);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(flow.person.page.body).not.toMatch(/<script|<style|style=| on\w+=/);
  });

  it('keeps its cookies apart from those of other servers on the host, and from scripts', async () => {
    await flow.complete({ scope: SCOPE });
    const cookies = flow.person.cookies.matching(new URL(`${oidc.issuer}/authorize/any`));
    expect(cookies.map(({ name }) => name)).toEqual(['pulsegate_as_session', 'pulsegate_as_session.sig']);
    for (const cookie of cookies) expect(cookie).toMatchObject({ path: '/as', httpOnly: true, sameSite: 'lax' });
  });

  it('counts wrong passwords for a name, known or not, then pauses', async () => {
    for (const username of ['alice', 'nobody']) {
      await askToSignIn();
      for (const tries of [1, 2, 3, 4]) {
        const page = await wrongPassword(username);
        expect(page.status).toBe(401);
        expect(page.body).toContain('role="alert"');
        expect(page.text).toContain(`Wrong password: ${tries} of 5 tries, then a pause`);
      }
      const paused = await wrongPassword(username);
      expect(paused.status).toBe(429);
      expect(paused.headers['retry-after']).toBe('300');
      expect(paused.text).toContain('Too many wrong passwords. Try again in 5 minutes.');
    }
  });

  it('refuses even the right password during the pause, and takes it afterwards', async () => {
    await askToSignIn();
    for (let tries = 0; tries < 5; tries++) await wrongPassword();
    oidc.clock.advanceMs(PAUSE_MS - 1000);
    expect((await flow.signIn(ALICE)).text).toContain('Try again in a minute');
    oidc.clock.advanceMs(1000);
    expect((await flow.signIn(ALICE)).title).toContain('Allow access?');
  });

  it('forgets the wrong tries after the right password', async () => {
    await askToSignIn();
    await wrongPassword();
    await flow.signIn(ALICE);
    const other = new CodeFlow(oidc.issuer);
    await other.person.get(other.authorizationUrl({ scope: SCOPE }));
    expect((await other.signIn({ username: 'alice', password: 'wrong' })).text).toContain('1 of 5');
  });

  it('tells the client when the person cancels, on either page', async () => {
    await askToSignIn();
    expect((await flow.person.submit({}, { button: 'Cancel and go back' })).query['error']).toBe('access_denied');
    await askToSignIn();
    await flow.signIn(ALICE);
    expect((await flow.person.submit({}, { button: 'Cancel' })).query['error']).toBe('access_denied');
  });

  it('lets another person sign in instead, with the same request', async () => {
    await askToSignIn();
    await flow.signIn(ALICE);
    const signIn = await flow.person.submit({}, { button: 'not you?' });
    expect(signIn.title).toContain('Sign in');
    expect((await flow.signIn(BOB)).text).toContain('Signed in as Bob Stone');
    const { query } = await flow.person.submit({}, { button: 'Allow' });
    expect((await flow.redeem(query['code'] ?? '')).status).toBe(200);
  });

  it('lets another person sign in when the application asks for a new sign-in', async () => {
    await flow.complete({ scope: SCOPE });
    await flow.person.get(flow.authorizationUrl({ scope: SCOPE, parameters: { prompt: 'login' } }));
    // The provider ends the first person's session by a form that sends itself; here it is sent by hand.
    await flow.signIn(BOB);
    const consent = await flow.person.submit({}, { button: 'Continue' });
    expect(consent.text).toContain('Signed in as Bob Stone');
    expect((await flow.person.submit({}, { button: 'Allow' })).query['code']).toBeDefined();
  });

  it('offers the name that the application knows', async () => {
    const page = await flow.person.get(flow.authorizationUrl({ scope: SCOPE, parameters: { login_hint: '<Bob>' } }));
    expect(page.forms[0]?.fields.get('username')).toBe('<Bob>');
    expect(page.body).not.toContain('<Bob>');
  });

  it('refuses a form that another site made the browser send', async () => {
    const { url } = await askToSignIn();
    for (const step of ['login', 'abort', 'switch']) {
      const page = await flow.person.post(`${url}/${step}`, { ...ALICE, csrf_token: 'guessed' });
      expect(page.status).toBe(403);
      expect(page.text).toContain('Nothing was changed');
    }
    expect((await flow.person.post(`${url}/login`, {})).status).toBe(403);
  });

  it('refuses an answer to a question that was not asked', async () => {
    const { url, forms } = await askToSignIn();
    const csrf_token = forms[0]?.fields.get('csrf_token') ?? '';
    const page = await flow.person.post(`${url}/confirm`, { csrf_token });
    expect(page.status).toBe(400);
    expect(page.text).toContain('This page is no longer valid');
  });

  it('says clearly that a page is over, unknown, or of another browser', async () => {
    const { url } = await askToSignIn();
    expect((await new UserAgent().get(url)).text).toContain('opened in another browser');
    await flow.signIn(ALICE);
    const over = await flow.person.get(url);
    expect(over.status).toBe(400);
    expect(over.text).toContain('Go back to the application and start again');
    expect(over.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('insists on PKCE with S256', async () => {
    const plain = { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' };
    const { query } = await flow.person.get(flow.authorizationUrl({ scope: SCOPE, parameters: plain }));
    expect(query['error']).toBe('invalid_request');
    const url = new URL(flow.authorizationUrl({ scope: SCOPE }));
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    expect((await flow.person.get(url)).query['error_description']).toContain('PKCE');
  });

  it('shows a page, and sends nobody away, when the redirect URI is not registered', async () => {
    const parameters = { redirect_uri: 'https://evil.example/' };
    const page = await flow.person.get(flow.authorizationUrl({ scope: SCOPE, parameters }));
    expect(page.status).toBe(400);
    expect(page.headers['location']).toBeUndefined();
    expect(page.text).toContain('This did not work');
    expect(page.text).toContain('invalid_redirect_uri');
  });

  it('lets the form of response_mode=form_post go to the client', async () => {
    const page = await flow.complete({ scope: SCOPE, parameters: { response_mode: 'form_post' } });
    expect(page.headers['content-security-policy']).toContain(`form-action 'self' ${new URL(CALLBACK).origin}`);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(page.forms[0]).toMatchObject({ action: CALLBACK, method: 'POST' });
  });

  it('signs out after asking, and goes back where the client wants', async () => {
    const { body } = await flow.tokens({ scope: SCOPE });
    const bye = VIEWER.post_logout_redirect_uris[0] ?? '';
    const query = new URLSearchParams({ id_token_hint: body['id_token'] ?? '', post_logout_redirect_uri: bye });
    const page = await flow.person.get(`${oidc.issuer}/logout?${query.toString()}`, { stopAt: [bye] });
    expect(page.text).toContain('Sign out? Pulse Viewer has sent you here.');
    expect(page.headers['content-security-policy']).toContain(`form-action 'self' ${new URL(bye).origin}`);
    expect((await flow.person.submit({}, { button: 'Sign out', stopAt: [bye] })).url).toBe(bye);
    expect((await askToSignIn()).title).toContain('Sign in');
  });

  it('says when signing out is done, or was not wanted', async () => {
    await flow.complete({ scope: SCOPE });
    await flow.person.get(`${oidc.issuer}/logout?client_id=viewer`);
    expect((await flow.person.submit({}, { button: 'Stay signed in' })).text).toContain('still signed in here');
    await flow.person.get(`${oidc.issuer}/logout`);
    expect((await flow.person.submit({}, { button: 'Sign out' })).text).toContain('You are signed out');
  });

  it('brings a stranger who opens one of its own pages back to that page, without a consent', async () => {
    const person = new UserAgent();
    const signIn = await person.get(`${oidc.issuer}/account?resource=R1`);
    expect(signIn.text).toContain('Sign in to continue to Pulsegate');
    const page = await person.submit({ username: ALICE.username, password: ALICE.password }, { button: 'Sign in' });
    expect(page.url).toBe(`${oidc.issuer}/account?resource=R1`);
    expect(page.json()).toMatchObject({ name: 'Alice Rivers', url: '/account?resource=R1' });
    const again = await person.get(`${oidc.issuer}/account`);
    expect(again.json()['csrfToken']).toBe(page.json()['csrfToken']);
    expect(String(again.json()['csrfToken'])).toHaveLength(43);
  });

  it('says so when a stranger does not want to sign in for one of its own pages', async () => {
    const person = new UserAgent();
    await person.get(`${oidc.issuer}/account`);
    const page = await person.submit({}, { button: 'Cancel and go back' });
    expect(page.text).toContain('You are not signed in');
    expect((await person.follow('Sign in')).title).toContain('Sign in');
  });

  it('serves its stylesheet for ever under its version, and checks it otherwise', async () => {
    const { body } = await askToSignIn();
    const href = /href="(\/as\/assets\/[^"]+)"/.exec(body)?.[1] ?? '';
    const versioned = await flow.person.get(new URL(href, oidc.issuer));
    expect(versioned.headers['content-type']).toContain('text/css');
    expect(versioned.headers['cache-control']).toContain('immutable');
    const plain = `${oidc.issuer}/assets/pulsegate.css`;
    expect((await flow.person.get(plain)).headers['cache-control']).toBe('no-cache');
    const etag = versioned.headers['etag'] ?? '';
    expect((await flow.person.get(plain, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });
});
