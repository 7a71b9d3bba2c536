import type { EventEmitter } from 'node:events';

import { Logger } from '@nestjs/common';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { request } from 'undici';

import { AccessTokens } from '../../src/authorization-server/oidc/access-tokens.js';
import { Accounts } from '../../src/authorization-server/oidc/accounts/accounts.js';
import { SigningKeys } from '../../src/authorization-server/oidc/keys/signing-keys.js';
import { OIDC_PROVIDER } from '../../src/authorization-server/oidc/oidc.options.js';
import { digest } from '../../src/common/digest.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { type AuthorizationRequest, CodeFlow, type TokenAnswer, tokenRequest } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type OidcApplication, startOidcApplication } from '../support/oidc-application.js';

const DAY = 24 * 3600;
const machine = { id: 'testclient', secret: 'testsecret' };
const credentials = { grant_type: 'client_credentials', scope: 'read' };

const OPENID: AuthorizationRequest = { scope: 'openid profile email' };
const LASTING: AuthorizationRequest = { scope: 'openid offline_access', parameters: { prompt: 'consent' } };
const PAT: AuthorizationRequest = {
  scope: 'openid uma_protection offline_access',
  parameters: { prompt: 'consent' },
};

describeOnEachDatabase('tokens', (open) => {
  let oidc: OidcApplication;
  let flow: CodeFlow;

  beforeAll(async () => {
    oidc = await startOidcApplication(await open<OidcTables>(oidcMigrations));
  });
  afterAll(() => oidc.close());
  beforeEach(() => {
    flow = new CodeFlow(oidc.issuer);
  });

  const factsOf = (token: string | undefined) => oidc.app.get(AccessTokens).find(token ?? '');
  const revoke = (token: string | undefined) => tokenRequest(oidc.issuer, { token: token ?? '' }, undefined, '/revoke');

  async function secondsLeft(kind: string, handle: string): Promise<number> {
    const row = await oidc.database.kysely
      .selectFrom('oidc_payload')
      .select('expires_at')
      .where('kind', '=', kind)
      .where('id', '=', digest(handle))
      .executeTakeFirstOrThrow();
    return Number(row.expires_at) - Math.floor(Date.now() / 1000);
  }

  async function signOut(): Promise<void> {
    await flow.person.get(`${oidc.issuer}/logout`);
    await flow.person.submit({}, { button: 'Sign out' });
  }

  it('gives an ID token that says who the person is, signed by the published key', async () => {
    const { headers, body } = await flow.tokens(OPENID);
    const alice = await oidc.app.get(Accounts).findByUsername('alice');
    const keys = createLocalJWKSet(oidc.app.get(SigningKeys).publicJwks());
    const { payload, protectedHeader } = await jwtVerify(body['id_token'] ?? '', keys, {
      issuer: oidc.issuer,
      audience: 'viewer',
    });
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({
      sub: alice?.id,
      name: 'Alice Rivers',
      email: 'alice@example.org',
      email_verified: true,
      nonce: 'nonce-of-the-test',
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('says in the ID token only what the scopes allow', async () => {
    const { body } = await flow.tokens({ scope: 'openid' });
    expect(decodeJwt(body['id_token'] ?? '')).not.toHaveProperty('email');
  });

  it('tells the person at the userinfo endpoint, too', async () => {
    const { body } = await flow.tokens(OPENID);
    const answer = await request(`${oidc.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token'] ?? ''}` },
    });
    expect(await answer.body.json()).toMatchObject({ name: 'Alice Rivers', email: 'alice@example.org' });
  });

  it('gives a code away once; a second use takes back what it gave', async () => {
    const { query } = await flow.complete(OPENID);
    const first = await flow.redeem(query['code'] ?? '');
    expect((await flow.redeem(query['code'] ?? '')).body['error']).toBe('invalid_grant');
    expect(await factsOf(first.body['access_token'])).toBeUndefined();
  });

  it('gives a code away once, also to twenty requests at the same moment', async () => {
    const { query } = await flow.complete(OPENID);
    const answers = await Promise.all(Array.from({ length: 20 }, () => flow.redeem(query['code'] ?? '')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(19);
  });

  it('knows what its access tokens say', async () => {
    const { body } = await flow.tokens(OPENID);
    const alice = await oidc.app.get(Accounts).findByUsername('alice');
    const facts = await factsOf(body['access_token']);
    expect(facts).toMatchObject({ accountId: alice?.id, clientId: 'viewer', scopes: ['openid', 'profile', 'email'] });
    expect(facts?.expiresAt).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(await factsOf('unknown')).toBeUndefined();
    expect(await factsOf(body['refresh_token'])).toBeUndefined();
  });

  const renewed = async ({ body }: TokenAnswer) => flow.refresh(body['refresh_token'] ?? '');
  const isRefused = async (tokens: TokenAnswer) => (await renewed(tokens)).body['error'] === 'invalid_grant';

  it('renews a refresh token at every use', async () => {
    const first = await flow.tokens(OPENID);
    const second = await renewed(first);
    expect(second.body['refresh_token']).not.toBe(first.body['refresh_token']);
    expect(decodeJwt(second.body['id_token'] ?? '')).toMatchObject({ name: 'Alice Rivers' });
  });

  it('takes a refresh token again when the answer before was lost, however late (FED-1.4-a)', async () => {
    const first = await flow.tokens(PAT);
    await renewed(first);
    const second = await renewed(first);
    expect(second.status).toBe(200);
    expect((await renewed(second)).status).toBe(200);
  });

  it('takes everything back when a refresh token comes again whose successor was used', async () => {
    const first = await flow.tokens(OPENID);
    const second = await renewed(first);
    const third = await renewed(second);
    expect(await isRefused(first)).toBe(true);
    expect(await isRefused(third)).toBe(true);
    expect(await factsOf(third.body['access_token'])).toBeUndefined();
  });

  it('takes everything back when a thief and the client have both renewed the same refresh token', async () => {
    const stolen = await flow.tokens(OPENID);
    const [thief, client] = [await renewed(stolen), await renewed(stolen)];
    const further = await renewed(thief);
    expect(await isRefused(client)).toBe(true);
    expect(await isRefused(further)).toBe(true);
    expect(await factsOf(further.body['access_token'])).toBeUndefined();
  });

  it('takes a refresh token twice at the same moment; of what that gives, one goes on', async () => {
    const first = await flow.tokens(OPENID);
    const both = await Promise.all([renewed(first), renewed(first)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const further = await Promise.all(both.map(renewed));
    expect(further.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(further.filter(({ body }) => body['error'] === 'invalid_grant').length).toBeGreaterThanOrEqual(1);
  });

  it('ends tokens with the session, but not those of offline_access', async () => {
    const { body: bound } = await flow.tokens(OPENID);
    await signOut();
    expect(await factsOf(bound['access_token'])).toBeUndefined();
    expect((await flow.refresh(bound['refresh_token'] ?? '')).body['error']).toBe('invalid_grant');
    const { body: lasting } = await flow.tokens(LASTING);
    await signOut();
    expect(await factsOf(lasting['access_token'])).toBeDefined();
    expect((await flow.refresh(lasting['refresh_token'] ?? '')).status).toBe(200);
  });

  it('lets a consent last two weeks, but a year for a protection API access token (FED-1.4-a)', async () => {
    const { body: lasting } = await flow.tokens(LASTING);
    expect(await secondsLeft('RefreshToken', lasting['refresh_token'] ?? '')).toBeGreaterThan(14 * DAY - 60);
    expect(await secondsLeft('RefreshToken', lasting['refresh_token'] ?? '')).toBeLessThanOrEqual(14 * DAY);
    const { body: pat } = await flow.tokens(PAT);
    expect(await secondsLeft('RefreshToken', pat['refresh_token'] ?? '')).toBeGreaterThan(364 * DAY);
    const { body: renewed } = await flow.refresh(pat['refresh_token'] ?? '');
    expect(await secondsLeft('RefreshToken', renewed['refresh_token'] ?? '')).toBeGreaterThan(364 * DAY);
    expect((await factsOf(renewed['access_token']))?.scopes).toContain('uma_protection');
    const grants = await oidc.database.kysely
      .selectFrom('oidc_payload')
      .select('expires_at')
      .where('kind', '=', 'Grant')
      .orderBy('expires_at', 'desc')
      .executeTakeFirstOrThrow();
    expect(Number(grants.expires_at)).toBeGreaterThan(Date.now() / 1000 + 364 * DAY);
  });

  it('says in people’s words what a protection API access token is for', async () => {
    await flow.person.get(flow.authorizationUrl(PAT));
    const { text } = await flow.signIn({ username: 'alice', password: 'demo' });
    expect(text).toContain('let you manage who sees your heart rate');
    expect(text).toContain('go on with this while you are away');
    expect(text).not.toContain('uma_protection');
  });

  it('takes back what its own client revokes, and nothing of another client', async () => {
    const { body } = await flow.tokens(OPENID);
    const foreign = { token: body['access_token'] ?? '' };
    expect((await tokenRequest(oidc.issuer, foreign, machine, '/revoke')).status).toBe(200);
    expect(await factsOf(body['access_token'])).toBeDefined();
    expect((await revoke(body['access_token'])).status).toBe(200);
    expect(await factsOf(body['access_token'])).toBeUndefined();
    expect((await revoke('unknown')).status).toBe(200);
  });

  it('gives a client that acts for itself a token for an hour (S2S-05)', async () => {
    const { status, headers, body } = await tokenRequest(oidc.issuer, credentials, machine);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    });
    expect(headers['cache-control']).toBe('no-store');
    const facts = await factsOf(body['access_token']);
    expect(facts).toMatchObject({ clientId: 'testclient', scopes: ['read'] });
    expect(facts).not.toHaveProperty('accountId');
  });

  it.each([
    ['a wrong secret', { id: 'testclient', secret: 'wrong' }],
    ['an unknown client', { id: 'nobody', secret: 'testsecret' }],
  ])('refuses %s with invalid_client and a Basic challenge (S2S-04, T21d)', async (_what, client) => {
    const { status, headers, body } = await tokenRequest(oidc.issuer, credentials, client);
    expect(status).toBe(401);
    expect(body).toEqual({ error: 'invalid_client', error_description: 'Invalid client: client is invalid' });
    expect(headers['www-authenticate']).toBe(`Basic realm="${oidc.issuer}"`);
    expect(headers['cache-control']).toBe('no-store');
  });

  it.each(['/token', '/revoke'])('refuses %s without any client authentication as invalid_client', async (path) => {
    for (const form of [credentials, { token: 'unknown' }, { client_secret: 'testsecret' }]) {
      const { status, headers, body } = await tokenRequest(oidc.issuer, form, null, path);
      expect(status).toBe(401);
      expect(body).toEqual({
        error: 'invalid_client',
        error_description: 'The request does not authenticate the client.',
      });
      expect(headers['www-authenticate']).toBe(`Basic realm="${oidc.issuer}"`);
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it.each(['/token', '/revoke'])('still calls a body that %s cannot read an invalid_request', async (path) => {
    const { statusCode, body } = await request(`${oidc.issuer}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(statusCode).toBe(400);
    expect(await body.json()).toMatchObject({ error: 'invalid_request' });
  });

  it.each([
    ['a grant that the client may not use', 'client_credentials', 'unauthorized_client'],
    ['a grant that nobody knows', 'password', 'unsupported_grant_type'],
    ['an allowed grant without its parameters', 'refresh_token', 'invalid_request'],
  ])('refuses %s with the code of RFC 6749', async (_what, grant_type, error) => {
    const { status, body } = await tokenRequest(oidc.issuer, { grant_type });
    expect(status).toBe(400);
    expect(body['error']).toBe(error);
  });

  it('refuses a body that is too large with the code for that', async () => {
    const { status, body } = await tokenRequest(oidc.issuer, { ...credentials, more: 'x'.repeat(57_344) }, machine);
    expect([status, body['error']]).toEqual([413, 'payload_too_large']);
  });

  it('refuses a scope that the client is not registered for', async () => {
    const sharing = { ...credentials, scope: 'sharing' };
    expect((await tokenRequest(oidc.issuer, sharing, machine)).body['error']).toBe('invalid_scope');
  });

  it('hides what went wrong inside, and logs it', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const database = await open<OidcTables>(oidcMigrations);
    const broken = await startOidcApplication(database);
    await database.close();
    const { status, headers, body } = await tokenRequest(broken.issuer, credentials, machine);
    expect(status).toBe(500);
    expect(body).toEqual({ error: 'server_error' });
    expect(headers['cache-control']).toBe('no-store');
    expect(logged).toHaveBeenCalledTimes(1);
    await broken.close();
  });

  it('tells of a request that breaks off in the log, and prints no stack beside it', () => {
    const printed = jest.spyOn(console, 'error').mockReturnValue();
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    oidc.app.get<EventEmitter>(OIDC_PROVIDER, { strict: false }).emit('error', new Error('Request timeout'));
    expect(warned).toHaveBeenCalledWith('A request broke off: Request timeout');
    expect(printed).not.toHaveBeenCalled();
  });

  it('stores no handle, secret or personal detail in clear', async () => {
    const { body } = await flow.tokens(OPENID);
    const rows = await oidc.database.kysely.selectFrom('oidc_payload').selectAll().execute();
    const keys = await oidc.database.kysely.selectFrom('oidc_key').selectAll().execute();
    const stored = JSON.stringify([rows, keys]);
    const session = flow.person.cookies.matching(new URL(oidc.issuer)).map(({ value }) => value);
    for (const secret of [body['access_token'], body['refresh_token'], ...session, 'nonce-of-the-test', '"kty"']) {
      expect(stored).not.toContain(secret);
    }
    expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['AccessToken', 'Session', 'Grant']));
  });
});
