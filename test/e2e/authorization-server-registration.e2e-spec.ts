import { request } from 'undici';

import { RegisteredClients } from '../../src/authorization-server/oidc/clients/registered-clients.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { Secret } from '../../src/common/secret.js';
import { tokenRequest } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type OidcApplication, startOidcApplication } from '../support/oidc-application.js';

const TOKEN = 'initial-access-token-of-the-tests';

const RESOURCE_SERVER = {
  client_name: 'Heart Service',
  redirect_uris: ['http://127.0.0.1:4000/callback'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  resource: 'http://127.0.0.1:4000',
  scope: 'openid uma_protection offline_access heart-rate:read',
  uma_scopes: ['heart-rate:summary'],
  uma_ticket_lifetime: 2,
  uma_rpt_lifetime: 60,
  claims_redirect_uris: ['http://127.0.0.1:4000/claimCallback'],
  claim_token_issuers: ['https://idp.test'],
  require_resource: true,
  rpt_format: 'jwt',
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

describeOnEachDatabase('client registration', (open) => {
  let oidc: OidcApplication;

  beforeAll(async () => {
    oidc = await startOidcApplication(await open<OidcTables>(oidcMigrations));
  });
  afterAll(() => oidc.close());

  async function register(metadata: unknown, token: string | undefined = TOKEN): Promise<Answer> {
    const { statusCode, headers, body } = await request(`${oidc.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(metadata),
    });
    return { status: statusCode, headers, body: (await body.json()) as Record<string, unknown> };
  }

  it('registers a client with what UMA adds, and gives it back whole', async () => {
    const { status, headers, body } = await register(RESOURCE_SERVER);
    expect(status).toBe(201);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      ...RESOURCE_SERVER,
      scope: 'openid uma_protection offline_access heart-rate:summary heart-rate:read',
      uma_scopes: ['heart-rate:summary', 'heart-rate:read'],
      id_token_signed_response_alg: 'ES256',
      client_id: expect.any(String) as string,
      client_secret: expect.any(String) as string,
    });
    expect(await oidc.app.get(RegisteredClients).find(String(body['client_id']))).toEqual({
      clientId: body['client_id'],
      name: 'Heart Service',
      resource: 'http://127.0.0.1:4000',
      umaScopes: ['heart-rate:summary', 'heart-rate:read'],
      ticketLifetimeSeconds: 2,
      rptLifetimeSeconds: 60,
      claimsRedirectUris: ['http://127.0.0.1:4000/claimCallback'],
      claimTokenIssuers: ['https://idp.test'],
      requiresResource: true,
      rptFormat: 'jwt',
      usesRefreshTokens: true,
    });
  });

  it('lets the new client work at once, also after a restart of the server', async () => {
    const { body } = await register(RESOURCE_SERVER);
    const client = { id: String(body['client_id']), secret: String(body['client_secret']) };
    const again = await startOidcApplication(oidc.database);
    for (const issuer of [oidc.issuer, again.issuer]) {
      const answer = await tokenRequest(issuer, { grant_type: 'client_credentials', scope: 'uma_protection' }, client);
      expect(answer.body['scope']).toBe('uma_protection');
    }
    await again.close();
  });

  it('shows a client its own registration, and nobody else', async () => {
    const { body } = await register(RESOURCE_SERVER);
    const { body: other } = await register(RESOURCE_SERVER);
    const read = async (token: unknown) => {
      const answer = await request(String(body['registration_client_uri']), {
        headers: { authorization: `Bearer ${String(token)}` },
      });
      return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
    };
    expect(body['registration_client_uri']).toBe(`${oidc.issuer}/register/${String(body['client_id'])}`);
    const own = await read(body['registration_access_token']);
    expect(own).toMatchObject({ status: 200, body: { client_id: body['client_id'], scope: body['scope'] } });
    expect((await read(other['registration_access_token'])).status).toBe(401);
  });

  it('knows a client that names nothing but its redirect URI', async () => {
    const { body } = await register({ redirect_uris: ['https://c.test/cb'] });
    expect(body).not.toHaveProperty('scope');
    expect(await oidc.app.get(RegisteredClients).find(String(body['client_id']))).toEqual({
      clientId: body['client_id'],
      name: body['client_id'],
      umaScopes: [],
      claimsRedirectUris: [],
      claimTokenIssuers: [],
      requiresResource: false,
      rptFormat: 'opaque',
      usesRefreshTokens: false,
    });
  });

  it('registers a client of resource scopes alone', async () => {
    const { body } = await register({ redirect_uris: ['https://c.test/cb'], scope: 'heart-rate:read' });
    expect(body).toMatchObject({ scope: 'heart-rate:read', uma_scopes: ['heart-rate:read'] });
  });

  it.each([
    ['a ticket lifetime longer than the server’s', { uma_ticket_lifetime: 301 }, 'uma_ticket_lifetime'],
    ['an RPT lifetime of nothing', { uma_rpt_lifetime: 0 }, 'uma_rpt_lifetime'],
    ['a relative resource identifier', { resource: '/heart' }, 'resource'],
    ['a resource identifier with a fragment', { resource: 'https://rs.test/#x' }, 'resource'],
    ['scopes that are none', { uma_scopes: ['two words'] }, 'uma_scopes'],
    ['a claims redirect URI over plain http', { claims_redirect_uris: ['http://c.test/cb'] }, 'claims_redirect_uris'],
    ['an issuer of claim tokens over plain http', { claim_token_issuers: ['http://idp.test'] }, 'claim_token_issuers'],
    ['an issuer of claim tokens with a query', { claim_token_issuers: ['https://idp.test?x'] }, 'claim_token_issuers'],
    ['a strictness that is neither on nor off', { require_resource: 'yes' }, 'require_resource'],
    ['an RPT format that nobody knows', { rpt_format: 'cbor' }, 'rpt_format'],
    ['a signature that is not ours', { id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg'],
  ])('refuses %s', async (_what, metadata, member) => {
    const { status, body } = await register({ ...RESOURCE_SERVER, ...metadata });
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_client_metadata');
    expect(body['error_description']).toContain(member);
  });

  it.each([
    ['no', ''],
    ['a wrong', 'guessed'],
  ])('refuses a registration with %s initial access token', async (_what, token) => {
    const { status, headers } = await register(RESOURCE_SERVER, token);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  it('is closed, and not advertised, without an initial access token', async () => {
    const closed = await startOidcApplication(await open<OidcTables>(oidcMigrations), {
      registrationToken: undefined,
    });
    const { statusCode } = await request(`${closed.issuer}/register`, { method: 'POST' });
    expect(statusCode).toBe(404);
    const { body } = await request(`${closed.issuer}/.well-known/uma2-configuration`);
    expect(await body.json()).not.toHaveProperty('registration_endpoint');
    await closed.close();
  });

  it('does not start with a client in the configuration that breaks a rule, and names both', async () => {
    const clients = [{ client_id: 'broken', client_secret: new Secret('s'), redirect_uris: ['not a URI'] }];
    const start = startOidcApplication(await open<OidcTables>(oidcMigrations), { clients });
    await expect(start).rejects.toThrow(/^Client broken of AS_CLIENTS is not valid: redirect_uris/);
  });
});
