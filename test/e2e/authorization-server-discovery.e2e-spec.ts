import { request } from 'undici';

import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type OidcApplication, startOidcApplication } from '../support/oidc-application.js';

const FORMS = ['uma2-configuration', 'oauth-authorization-server', 'openid-configuration'];

type Metadata = Readonly<Record<string, string | string[]>>;

async function metadataAt(url: string, headers: Record<string, string> = {}): Promise<Metadata> {
  const { statusCode, headers: answered, body } = await request(url, { headers });
  expect(statusCode).toBe(200);
  expect(answered['content-type']).toContain('application/json');
  return (await body.json()) as Metadata;
}

describeOnEachDatabase('discovery', (open) => {
  let oidc: OidcApplication;
  let underPath: OidcApplication;

  beforeAll(async () => {
    oidc = await startOidcApplication(await open<OidcTables>(oidcMigrations));
    underPath = await startOidcApplication(await open<OidcTables>(oidcMigrations), { basePath: '/t1' });
  });
  afterAll(async () => {
    await oidc.close();
    await underPath.close();
  });

  it('publishes the metadata of UMA and OAuth under the exact issuer (T01, GRANT-2-a, FED-2-a)', async () => {
    const { issuer } = oidc;
    const metadata = await metadataAt(`${issuer}/.well-known/uma2-configuration`);
    expect(metadata).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      pushed_authorization_request_endpoint: `${issuer}/par`,
      device_authorization_endpoint: `${issuer}/device-authorization`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      introspection_endpoint: `${issuer}/introspect`,
      revocation_endpoint: `${issuer}/revoke`,
      registration_endpoint: `${issuer}/register`,
      end_session_endpoint: `${issuer}/logout`,
      claims_interaction_endpoint: `${issuer}/uma/claims`,
      permission_endpoint: `${issuer}/uma/permission`,
      resource_registration_endpoint: `${issuer}/uma/resources`,
      scopes_endpoint: `${issuer}/uma/scopes`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code', 'none'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256'],
      subject_types_supported: ['public'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(metadata['scopes_supported']).toEqual(
      expect.arrayContaining(['openid', 'profile', 'email', 'offline_access', 'uma_protection', 'sharing']),
    );
    expect(metadata['token_endpoint_auth_methods_supported']).toContain('client_secret_basic');
    expect(metadata['dpop_signing_alg_values_supported']).toContain('ES256');
    expect(metadata['grant_types_supported']).toContain('urn:ietf:params:oauth:grant-type:device_code');
  });

  it('claims nothing that is not so: it takes no request objects, demands no pushed requests, and knows no acr to ask for', async () => {
    const metadata = await metadataAt(`${oidc.issuer}/.well-known/openid-configuration`);
    expect(metadata).toMatchObject({ request_uri_parameter_supported: false });
    for (const member of [
      'require_pushed_authorization_requests',
      'request_parameter_supported',
      'acr_values_supported',
    ]) {
      expect(metadata).not.toHaveProperty(member);
    }
  });

  it.each(FORMS)('serves the same document as %s', async (form) => {
    const uma = await metadataAt(`${oidc.issuer}/.well-known/uma2-configuration`);
    expect(await metadataAt(`${oidc.issuer}/.well-known/${form}`)).toEqual(uma);
  });

  it.each(FORMS)('serves %s appended to and inserted before the path of an issuer (T02, GRANT-2-b)', async (form) => {
    const { issuer } = underPath;
    const appended = await metadataAt(`${issuer}/.well-known/${form}`);
    expect(appended).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      permission_endpoint: `${issuer}/uma/permission`,
    });
    expect(await metadataAt(`${new URL(issuer).origin}/.well-known/${form}/t1`)).toEqual(appended);
  });

  it('never lets a forged Host into the metadata', async () => {
    const forged = await metadataAt(`${oidc.issuer}/.well-known/openid-configuration`, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    });
    expect(JSON.stringify(forged)).not.toContain('evil.example');
    expect(forged['token_endpoint']).toBe(`${oidc.issuer}/token`);
  });

  it('publishes the public half of its ES256 key alone, for a while', async () => {
    const { headers, body } = await request(`${underPath.issuer}/jwks`);
    const { keys } = (await body.json()) as { keys: Record<string, string>[] };
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });
});
