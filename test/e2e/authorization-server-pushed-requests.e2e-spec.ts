import { PatKeeper } from '../../src/auth/index.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import type { Database } from '../../src/database/database.js';
import { patMigrations, type PatTables } from '../../src/database/resource-server/pats.js';
import { sessionMigrations, type SessionTables } from '../../src/database/sessions.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { authApplication } from '../support/auth-application.js';
import { CodeFlow, tokenRequest } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import {
  ALICE,
  BOB,
  CALLBACK,
  MACHINE,
  type OidcApplication,
  startOidcApplication,
  VIEWER,
} from '../support/oidc-application.js';

const OTHER = { ...VIEWER, client_id: 'other', client_secret: new Secret('secret-of-the-other-client') };
const CAREFUL = { ...VIEWER, client_id: 'careful', require_pushed_authorization_requests: true };
const REFERENCE = /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/;

const credentialsOf = ({ client_id, client_secret }: typeof VIEWER) => ({
  id: client_id,
  secret: client_secret.reveal(),
});

describeOnEachDatabase('pushed authorization requests (RFC 9126)', (open) => {
  let oidc: OidcApplication;
  let flow: CodeFlow;

  beforeAll(async () => {
    const clients = [VIEWER, MACHINE, OTHER, CAREFUL];
    oidc = await startOidcApplication(await open<OidcTables>(oidcMigrations), { basePath: '/as', clients });
  });
  afterAll(() => oidc.close());
  beforeEach(() => {
    flow = new CodeFlow(oidc.issuer);
  });

  const request = (parameters: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(new URL(flow.authorizationUrl({ scope: 'openid profile', parameters })).searchParams);
  const push = (form: Readonly<Record<string, string>>, client: typeof VIEWER | null = VIEWER) =>
    tokenRequest(oidc.issuer, form, client && credentialsOf(client), '/par');
  const pushed = async (client = VIEWER) =>
    (await push(request({ client_id: client.client_id }), client)).body['request_uri'] ?? '';
  const visit = (requestUri: string, clientId = 'viewer', person = flow.person) =>
    person.get(
      `${oidc.issuer}/authorize?${new URLSearchParams({ client_id: clientId, request_uri: requestUri }).toString()}`,
    );
  const allow = async (requestUri: string, clientId = 'viewer') => {
    await visit(requestUri, clientId);
    await flow.signIn(ALICE);
    return flow.person.submit({}, { button: 'Allow' });
  };

  it('are kept for a minute under a reference that nobody can guess', async () => {
    const { status, headers, body } = await push(request());
    expect(status).toBe(201);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ request_uri: expect.stringMatching(REFERENCE) as string, expires_in: 60 });
  });

  it('lead through sign-in and consent to a code, as if the browser had brought them', async () => {
    const back = await allow(await pushed());
    expect(back.url.startsWith(CALLBACK)).toBe(true);
    expect(back.query).toMatchObject({ state: 'state-of-the-test', iss: oidc.issuer });
    const { status, body } = await flow.redeem(back.query['code'] ?? '');
    expect(status).toBe(200);
    expect(body['scope']).toBe('openid profile');
  });

  it('lead back to the client when the person cancels, and on when somebody else signs in instead', async () => {
    await visit(await pushed());
    expect((await flow.person.submit({}, { button: 'Cancel and go back' })).query['error']).toBe('access_denied');
    await visit(await pushed());
    await flow.signIn(ALICE);
    expect((await flow.person.submit({}, { button: 'not you?' })).title).toContain('Sign in');
    expect((await flow.signIn(BOB)).text).toContain('Signed in as Bob Stone');
    expect((await flow.person.submit({}, { button: 'Allow' })).query['code']).toBeDefined();
  });

  it('are good for one answer', async () => {
    const requestUri = await pushed();
    await allow(requestUri);
    expect((await visit(requestUri)).query).toMatchObject({ error: 'invalid_request_uri' });
  });

  it('are good for one answer, also when two browsers have begun with them', async () => {
    const requestUri = await pushed();
    const second = new CodeFlow(oidc.issuer);
    await visit(requestUri, 'viewer', second.person);
    await allow(requestUri);
    await second.signIn(BOB);
    const page = await second.person.submit({}, { button: 'Allow' });
    expect(page.query).not.toHaveProperty('code');
  });

  it('are of the client that pushed them, and of no other', async () => {
    expect((await visit(await pushed(), 'other')).query).toMatchObject({ error: 'invalid_request_object' });
    expect((await push(request({ client_id: 'other' }))).status).toBe(400);
  });

  it('are forgotten after their minute', async () => {
    const requestUri = await pushed();
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 61_000);
    const page = await visit(requestUri);
    jest.restoreAllMocks();
    expect(page.query).toMatchObject({ error: 'invalid_request_uri' });
  });

  it('hold the request itself, never a reference to another', async () => {
    const { status, body } = await push({ ...request(), request_uri: await pushed() });
    expect(status).toBe(400);
    expect(body['error']).toBe('request_uri_not_supported');
  });

  it('are refused at once when something in them is wrong', async () => {
    const evil = await push(request({ redirect_uri: 'https://evil.example/' }));
    expect([evil.status, evil.body['error']]).toEqual([400, 'invalid_request']);
    const withoutPkce = await push(request({ code_challenge: '', code_challenge_method: '' }));
    expect([withoutPkce.status, withoutPkce.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('are taken from authenticated clients alone', async () => {
    const { status, headers, body } = await push(request(), { ...VIEWER, client_secret: new Secret('wrong') });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
    expect(headers['www-authenticate']).toBe(`Basic realm="${oidc.issuer}"`);
    const anonymous = Object.fromEntries(Object.entries(request()).filter(([name]) => name !== 'client_id'));
    expect(await push(anonymous, null)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('are all that a client sends which registered so', async () => {
    const plain = await flow.person.get(
      flow.authorizationUrl({ scope: 'openid', parameters: { client_id: 'careful' } }),
    );
    expect(plain.query['error']).toBe('invalid_request');
    expect((await allow(await pushed(CAREFUL), 'careful')).query['code']).toBeDefined();
  });

  it('carry the whole sign-in of a resource server that finds the endpoint in the metadata', async () => {
    const port = await freePort();
    const provider = {
      issuer: `http://127.0.0.1:${port}`,
      clientId: 'rs',
      clientSecret: 'secret-of-the-resource-server',
    };
    const database: Database<SessionTables & PatTables> = await open({ ...sessionMigrations, ...patMigrations });
    const { app, base } = await authApplication({ provider, clock: new FixedClock(Date.now()), database });
    const client = {
      ...VIEWER,
      client_id: provider.clientId,
      client_secret: new Secret(provider.clientSecret),
      redirect_uris: [`${base}/callback`],
      require_pushed_authorization_requests: true,
    };
    const server = await startOidcApplication(await open<OidcTables>(oidcMigrations), { port, clients: [client] });
    const alice = new UserAgent();
    await alice.get(`${base}/me`);
    expect(alice.trail.find(({ url }) => url.startsWith(`${server.issuer}/authorize?`))?.url).not.toContain('state');
    await alice.submit({ username: ALICE.username, password: ALICE.password }, { button: 'Sign in' });
    const page = await alice.submit({}, { button: 'Allow' });
    expect(page.url).toBe(`${base}/me`);
    const { person } = page.json() as { person: { issuer: string; subject: string } };
    expect(await app.get(PatKeeper).has(person)).toBe(true);
    await app.close();
    await server.close();
  });
});
