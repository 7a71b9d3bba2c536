import type { INestApplication } from '@nestjs/common';

import { LoginListener, PatKeeper } from '../../src/auth/index.js';
import { DeviceLogin } from '../../src/auth/device-login.js';
import type { DeviceOutcome } from '../../src/auth/openid-provider.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { patMigrations, type PatTables } from '../../src/database/resource-server/pats.js';
import { sessionMigrations, type SessionTables } from '../../src/database/sessions.js';
import type { UmaError } from '../../src/uma/protocol/uma-error.js';
import { authApplication, serverOf } from '../support/auth-application.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';

const CODES = {
  device_code: 'device-code',
  user_code: 'AAAA-BBBB',
  verification_uri: 'https://as.example/device',
  verification_uri_complete: 'https://as.example/device?user_code=AAAA-BBBB',
  expires_in: 600,
  interval: 7,
};
const SCOPES = 'openid uma_protection offline_access';

/** Remembers who has signed in. */
class Listener extends LoginListener {
  readonly heard: unknown[] = [];

  override signedIn(...who: unknown[]): Promise<void> {
    this.heard.push(who);
    return Promise.resolve();
  }
}

describeOnEachDatabase('signing in for a device (RFC 8628)', (open) => {
  let provider: FakeOpenIdProvider;
  let clinic: FakeOpenIdProvider;
  let app: INestApplication;
  let login: DeviceLogin;
  let listener: Listener;

  beforeEach(async () => {
    const clock = new FixedClock(Date.now());
    [provider, clinic] = await Promise.all([FakeOpenIdProvider.start(clock), FakeOpenIdProvider.start(clock)]);
    Object.assign(clinic, { clientId: 'rs-at-the-clinic', clientSecret: 'secret-of-the-clinic' });
    provider.deviceAnswer = { status: 200, body: CODES };
    const database = await open<SessionTables & PatTables>({ ...sessionMigrations, ...patMigrations });
    listener = new Listener();
    ({ app } = await authApplication({
      provider,
      clock,
      database,
      options: { servers: [serverOf(provider), serverOf(clinic, { id: 'clinic' })] },
      providers: [{ provide: LoginListener, useValue: listener }],
    }));
    login = app.get(DeviceLogin);
  });
  afterEach(async () => {
    await app.close();
    await Promise.all([provider.stop(), clinic.stop()]);
  });

  const ask = (issuer = provider.issuer): Promise<DeviceOutcome> => login.ask(issuer, new Secret('device-code'));
  const failure = async (work: Promise<unknown>): Promise<UmaError> =>
    work.then(
      () => {
        throw new Error('It did not fail.');
      },
      (error: unknown) => error as UmaError,
    );

  it('asks for what a sign-in asks for, as the client that this process is there', async () => {
    expect(await login.begin()).toEqual({
      issuer: provider.issuer,
      authorization: {
        deviceCode: expect.any(Secret) as Secret,
        userCode: 'AAAA-BBBB',
        verificationUri: CODES.verification_uri,
        verificationUriComplete: CODES.verification_uri_complete,
        lifetimeSeconds: 600,
        intervalSeconds: 7,
      },
    });
    expect(provider.devices).toEqual([expect.objectContaining({ scope: SCOPES })]);
    clinic.deviceAnswer = { status: 200, body: CODES };
    expect((await login.begin(clinic.issuer)).issuer).toBe(clinic.issuer);
    expect(clinic.devices).toHaveLength(1);
  });

  it('waits five seconds where the authorization server does not say how long', async () => {
    const { device_code, user_code, verification_uri, expires_in } = CODES;
    provider.deviceAnswer = { status: 200, body: { device_code, user_code, verification_uri, expires_in } };
    const { authorization } = await login.begin();
    expect(authorization).toMatchObject({ intervalSeconds: 5 });
    expect(authorization).not.toHaveProperty('verificationUriComplete');
  });

  it('is not to be had where the authorization server has no devices', async () => {
    expect(await login.begin(clinic.issuer)).toEqual({ issuer: clinic.issuer, authorization: undefined });
    expect(clinic.devices).toEqual([]);
  });

  it.each([
    { status: 400, error: 'unauthorized_client' },
    { status: 400, error: 'invalid_scope' },
    { status: 401, error: 'invalid_client' },
  ])('is not to be had where this client may have none: $status $error', async ({ status, error }) => {
    const headers = status === 401 ? { 'www-authenticate': 'Basic realm="as"' } : {};
    provider.deviceAnswer = { status, body: { error }, headers };
    expect((await login.begin()).authorization).toBeUndefined();
  });

  it.each([
    { status: 429, body: { error: 'slow_down' }, code: 'temporarily_unavailable' },
    { status: 503, body: { error: 'temporarily_unavailable' }, code: 'temporarily_unavailable' },
    { status: 200, body: { device_code: 'x' }, code: 'server_error' },
    { status: 502, body: 'bad gateway', code: 'temporarily_unavailable' },
  ])('fails for now when the answer is $status $body', async ({ status, body, code }) => {
    provider.deviceAnswer = { status, body };
    expect((await failure(login.begin())).code).toBe(code);
  });

  it('is refused for an authorization server that is not asked here', async () => {
    expect((await failure(login.begin('https://evil.example'))).code).toBe('invalid_request');
    expect(await ask('https://evil.example')).toEqual({ kind: 'expired' });
  });

  it.each([
    ['authorization_pending', 'pending'],
    ['slow_down', 'slow-down'],
    ['access_denied', 'denied'],
    ['expired_token', 'expired'],
    ['invalid_grant', 'expired'],
  ])('is told %s: it is %s', async (error, kind) => {
    provider.tokenAnswer = { status: 400, body: { error } };
    expect(await ask()).toEqual({ kind });
  });

  it.each([
    { status: 500, body: { error: 'server_error' }, code: 'temporarily_unavailable' },
    { status: 400, body: { error: 'something_else' }, code: 'server_error' },
    { status: 401, body: { error: 'invalid_client' }, code: 'server_error' },
    { status: 502, body: 'bad gateway', code: 'temporarily_unavailable' },
  ])('fails when the answer is $status $body', async ({ status, body, code }) => {
    const headers = status === 401 ? { 'www-authenticate': 'Basic realm="as"' } : {};
    provider.tokenAnswer = { status, body, headers };
    expect((await failure(ask())).code).toBe(code);
  });

  describe('when the person has let it in', () => {
    beforeEach(() => login.begin());

    it('says who that is, and with what', async () => {
      const outcome = await ask();
      expect(outcome).toMatchObject({
        kind: 'signed-in',
        signIn: { person: { issuer: provider.issuer, subject: 'alice' }, name: 'Alice', tokens: { scope: SCOPES } },
      });
    });

    it('keeps the PAT and tells whoever listens, as after any sign-in', async () => {
      const outcome = await ask();
      if (outcome.kind !== 'signed-in') throw new Error('Nobody signed in.');
      await login.welcome(outcome.signIn);
      const alice = { issuer: provider.issuer, subject: 'alice' };
      expect((await app.get(PatKeeper).patOf(alice))?.reveal()).toBe(provider.lastAccessToken);
      expect(listener.heard).toEqual([[alice, 'Alice']]);
    });

    it.each([
      ['another issuer', { iss: 'https://evil.example' }],
      ['another client', { aud: 'another-client' }],
      ['the past', { exp: 1 }],
      ['nobody', { sub: undefined }],
    ])('believes no ID token that is of %s', async (_what, claims) => {
      provider.idTokenClaims = claims;
      const { code, message } = await failure(ask());
      expect(code).toBe('server_error');
      expect(message).not.toContain(provider.lastAccessToken);
    });

    it('believes no ID token that somebody else has signed', async () => {
      provider.forges = true;
      expect((await failure(ask())).code).toBe('server_error');
    });

    it('knows nobody whom no ID token names', async () => {
      provider.tokenAnswer = { status: 200, body: { access_token: 'secret-token', token_type: 'Bearer' } };
      const { code, message } = await failure(ask());
      expect([code, message]).toEqual(['server_error', 'The authorization server does not say who signed in.']);
    });
  });
});
