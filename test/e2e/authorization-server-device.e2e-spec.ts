import { AccessTokens } from '../../src/authorization-server/oidc/access-tokens.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { type TokenAnswer, tokenRequest } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { ALICE, BOB, type OidcApplication, startOidcApplication, VIEWER } from '../support/oidc-application.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const PAT_SCOPES = 'uma_protection offline_access';

/** A device: it has no secret, no address to come back to and no browser. */
const CHEST_STRAP = {
  client_id: 'chest-strap',
  client_name: 'Chest strap',
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'none',
  scope: 'openid profile uma_protection offline_access',
};

type Started = Readonly<Record<'device_code' | 'user_code' | 'verification_uri_complete', string>>;

describeOnEachDatabase('device authorization (RFC 8628)', (open) => {
  let oidc: OidcApplication;
  let alice: UserAgent;

  beforeAll(async () => {
    const database = await open<OidcTables>(oidcMigrations);
    oidc = await startOidcApplication(database, { basePath: '/as', clients: [VIEWER, CHEST_STRAP] });
  });
  afterAll(() => oidc.close());
  beforeEach(() => {
    alice = new UserAgent();
  });

  const askFor = (scope: string, form: Readonly<Record<string, string>> = {}) =>
    tokenRequest(oidc.issuer, { client_id: 'chest-strap', scope, ...form }, null, '/device-authorization');
  const start = async (scope = PAT_SCOPES): Promise<Started> => (await askFor(scope)).body;
  const poll = ({ device_code }: Started): Promise<TokenAnswer> =>
    tokenRequest(oidc.issuer, { client_id: 'chest-strap', grant_type: DEVICE_GRANT, device_code }, null);
  const refresh = (refreshToken = '') =>
    tokenRequest(
      oidc.issuer,
      { client_id: 'chest-strap', grant_type: 'refresh_token', refresh_token: refreshToken },
      null,
    );
  const factsOf = (token: string | undefined) => oidc.app.get(AccessTokens).find(token ?? '');

  const openDevicePage = (person = alice) => person.get(`${oidc.issuer}/device`);
  const type = async (user_code: string, person = alice) => {
    await openDevicePage(person);
    return person.submit({ user_code }, { button: 'Continue' });
  };
  const confirm = (person = alice) => person.submit({}, { button: 'Continue' });
  const signIn = ({ username, password } = ALICE as { username: string; password: string }) =>
    alice.submit({ username, password }, { button: 'Sign in' });
  const connect = async ({ user_code }: Started) => {
    await type(user_code);
    if ((await confirm()).title.startsWith('Sign in')) await signIn();
    return alice.submit({}, { button: 'Allow' });
  };
  const connected = async (scope?: string) => {
    const started = await start(scope);
    await connect(started);
    return poll(started);
  };
  const later = (milliseconds: number) => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + milliseconds);
  };
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives a device a code to show, and says where it is typed and how often to ask', async () => {
    const { status, headers, body } = await askFor(PAT_SCOPES);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/) as string,
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/) as string,
      verification_uri: `${oidc.issuer}/device`,
      verification_uri_complete: `${oidc.issuer}/device?user_code=${body['user_code'] ?? ''}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('lets the device in when its person has compared the code, signed in and allowed what it wants', async () => {
    const started = await start();
    expect((await openDevicePage()).text).toContain('Connect a device Type the code that your device shows.');
    const comparison = await alice.submit({ user_code: started.user_code }, { button: 'Continue' });
    expect(comparison.text).toContain('Is it your device? Connect Chest strap');
    expect(comparison.text).toContain(`Does it show this code? ${started.user_code}`);
    expect((await confirm()).text).toContain('Sign in to continue to Chest strap');
    const consent = await signIn();
    expect(consent.text).toContain('Chest strap wants to let you manage who sees your heart rate');
    expect(consent.text).toContain('go on with this while you are away');
    expect(consent.text).toContain('Signed in as Alice Rivers');
    expect(consent.text).toContain('The device then goes on by itself.');
    const done = await alice.submit({}, { button: 'Allow' });
    expect(done.text).toContain('Chest strap is connected');
    expect(done.text).not.toMatch(/uma_protection|token|grant/);
    expect((await poll(started)).status).toBe(200);
  });

  it('gives the device a protection API access token that lasts while its person is away (FED-1.3)', async () => {
    const { headers, body } = await connected();
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      token_type: 'Bearer',
      scope: PAT_SCOPES,
      refresh_token: expect.any(String) as string,
    });
    expect(await factsOf(body['access_token'])).toMatchObject({
      clientId: 'chest-strap',
      accountId: expect.any(String) as string,
      scopes: ['uma_protection', 'offline_access'],
    });
    await alice.get(`${oidc.issuer}/logout`);
    await alice.submit({}, { button: 'Sign out' });
    expect(await factsOf(body['access_token'])).toBeDefined();
    const renewed = await refresh(body['refresh_token']);
    expect((await factsOf(renewed.body['access_token']))?.scopes).toContain('uma_protection');
  });

  it('gives a device that did not ask to go on nothing to renew', async () => {
    const { status, body } = await connected('openid profile');
    expect(status).toBe(200);
    expect(body).toMatchObject({ id_token: expect.any(String) as string });
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('takes the code in small letters and without its dash', async () => {
    const { user_code } = await start();
    expect((await type(user_code.toLowerCase().replace('-', ' '))).text).toContain(
      `Does it show this code? ${user_code}`,
    );
  });

  it('fills the code in for who follows the link, sends nothing by itself, and needs no script', async () => {
    const started = await start();
    const page = await alice.get(started.verification_uri_complete);
    expect(page.status).toBe(200);
    expect(page.body).not.toMatch(/<script|<style|style=| on\w+=/);
    expect(page.text).toContain('Does your device show this code?');
    expect(page.forms[0]?.fields.get('user_code')).toBe(started.user_code);
    expect((await alice.submit({}, { button: 'Continue' })).text).toContain('Connect Chest strap');
  });

  it('puts nothing of a link into the page but text', async () => {
    const page = await alice.get(
      `${oidc.issuer}/device?user_code=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(page.body).not.toContain('<script');
    expect(page.forms[0]?.fields.get('user_code')).toBe('"><script>alert(1)</script>');
  });

  it('protects its pages: no scripts, no frames, forms only to itself, never stored', async () => {
    const { user_code, verification_uri_complete } = await start();
    for (const visit of [
      () => openDevicePage(),
      () => alice.get(verification_uri_complete),
      () => type(user_code),
      confirm,
      signIn,
    ]) {
      const { headers } = await visit();
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
      expect(headers['content-security-policy']).toContain("form-action 'self';");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('lets the device wait while its person has not answered, and slows it down when it asks too often', async () => {
    const started = await start();
    const errors = async () => (await poll(started)).body['error'];
    expect(await errors()).toBe('authorization_pending');
    oidc.clock.advanceMs(4_000);
    expect(await errors()).toBe('slow_down');
    oidc.clock.advanceMs(5_000);
    expect(await errors()).toBe('authorization_pending');
    await connect(started);
    expect(await errors()).toBeUndefined();
  });

  it('gives its tokens once; a second use takes them back', async () => {
    const started = await start();
    await connect(started);
    const { body } = await poll(started);
    expect((await poll(started)).body['error']).toBe('invalid_grant');
    expect(await factsOf(body['access_token'])).toBeUndefined();
  });

  it('gives its tokens once, also to ten questions at the same moment', async () => {
    const started = await start();
    await connect(started);
    const answers = await Promise.all(Array.from({ length: 10 }, () => poll(started)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('tells the device when its person cancels, on whichever page', async () => {
    const cancelOn = async (...pages: readonly (() => Promise<unknown>)[]) => {
      const started = await start();
      await type(started.user_code);
      for (const page of pages) await page();
      const { text } = await alice.submit({}, { button: 'Cancel' });
      expect(text).toContain('Not connected You cancelled');
      expect((await poll(started)).body['error']).toBe('access_denied');
    };
    await cancelOn();
    await cancelOn(confirm);
    await cancelOn(confirm, signIn);
  });

  it('lets another person sign in instead', async () => {
    const started = await start('openid profile');
    await type(started.user_code);
    await confirm();
    await signIn();
    await alice.submit({}, { button: 'not you?' });
    expect((await signIn(BOB)).text).toContain('Signed in as Bob Stone');
    await alice.submit({}, { button: 'Allow' });
    const { body } = await poll(started);
    const claims = JSON.parse(Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ name: 'Bob Stone' });
  });

  it('asks for consent for each device, also where the same kind was allowed before', async () => {
    await connected();
    const second = await start();
    await type(second.user_code);
    expect((await confirm()).text).toContain('Chest strap wants to');
    expect((await poll(second)).body['error']).toBe('authorization_pending');
  });

  it('disconnects one device and leaves the others of its kind alone', async () => {
    const [first, second] = [await connected(), await connected()];
    const token = first.body['refresh_token'] ?? '';
    await tokenRequest(oidc.issuer, { client_id: 'chest-strap', token }, null, '/revoke');
    expect((await refresh(token)).body['error']).toBe('invalid_grant');
    expect(await factsOf(first.body['access_token'])).toBeUndefined();
    expect((await refresh(second.body['refresh_token'])).status).toBe(200);
  });

  it.each([
    ['', 'Type the code first.'],
    ['BCDF-GHJK', 'This code is not known.'],
    ['"><b>x', 'This code is not known.'],
  ])('says what to do about the code "%s"', async (code, problem) => {
    const page = await type(code);
    expect(page.status).toBe(400);
    expect(page.body).toContain('role="alert"');
    expect(page.text).toContain(problem);
    expect(page.forms[0]?.fields.get('user_code')).toBe(code);
    expect((await alice.submit({ user_code: (await start()).user_code })).text).toContain('Connect Chest strap');
  });

  it('says that a code is too old, to its person and to its device', async () => {
    const started = await start();
    later(601_000);
    const page = await type(started.user_code);
    expect(page.status).toBe(400);
    expect(page.text).toContain('This code is too old. Let your device show a new one');
    expect((await poll(started)).body['error']).toBe('expired_token');
  });

  it('says that a code is too old whose person took too long to sign in', async () => {
    const started = await start();
    await type(started.user_code);
    await confirm();
    later(601_000);
    expect((await signIn()).text).toContain('This code is too old');
    expect((await poll(started)).body['error']).toBe('expired_token');
  });

  it('takes a code once: who has confirmed it keeps it', async () => {
    const started = await start();
    await type(started.user_code);
    await confirm();
    const page = await type(started.user_code, new UserAgent());
    expect(page.text).toContain('This code was used already. Let your device show a new one');
    await signIn();
    await alice.submit({}, { button: 'Allow' });
    expect((await poll(started)).status).toBe(200);
    expect((await type(started.user_code)).text).toContain('This code was used already');
  });

  it('refuses a form that another site made the browser send', async () => {
    const { user_code } = await start();
    await openDevicePage();
    for (const answer of [{}, { confirm: 'yes' }, { abort: 'yes' }]) {
      const page = await alice.post(`${oidc.issuer}/device`, { user_code, xsrf: 'guessed', ...answer });
      expect(page.status).toBe(400);
      expect(page.text).toContain('nothing was changed');
    }
    const stranger = await new UserAgent().post(`${oidc.issuer}/device`, { user_code, confirm: 'yes' });
    expect(stranger.status).toBe(400);
    expect(stranger.link('Type the code')).toBe(`${oidc.issuer}/device`);
    expect((await type(user_code)).text).toContain('Connect Chest strap');
  });

  it('goes on only in the browser in which it was begun', async () => {
    const started = await start();
    await type(started.user_code);
    const { url } = await confirm();
    expect((await new UserAgent().get(url)).text).toContain('opened in another browser');
    const resumed = await new UserAgent().get(url.replace('/interaction/', '/device/'));
    expect(resumed.status).toBe(400);
    expect(resumed.text).toContain('opened in another browser');
    expect((await poll(started)).body['error']).toBe('authorization_pending');
  });

  it('is for clients that registered for it, with scopes that they registered for', async () => {
    const viewer = { id: VIEWER.client_id, secret: VIEWER.client_secret.reveal() };
    const other = await tokenRequest(oidc.issuer, { scope: 'openid' }, viewer, '/device-authorization');
    expect([other.status, other.body['error']]).toEqual([400, 'unauthorized_client']);
    expect((await askFor('sharing')).body['error']).toBe('invalid_scope');
    const nobody = await tokenRequest(oidc.issuer, { scope: 'openid' }, null, '/device-authorization');
    expect([nobody.status, nobody.body['error']]).toEqual([401, 'invalid_client']);
    expect((await askFor('openid', { client_id: 'unknown' })).status).toBe(401);
  });

  it('knows no code of another client', async () => {
    const { device_code } = await start();
    const viewer = { id: VIEWER.client_id, secret: VIEWER.client_secret.reveal() };
    const { body } = await tokenRequest(oidc.issuer, { grant_type: DEVICE_GRANT, device_code }, viewer);
    expect(body['error']).toBe('unauthorized_client');
  });
});
