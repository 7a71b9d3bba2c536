import { Controller, Get } from '@nestjs/common';
import { request } from 'undici';

import { OAuthProtect } from '../../src/authorization-server/oauth-guard/oauth-protect.decorator.js';
import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { tokenRequest } from '../support/code-flow.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { type OidcApplication, startOidcApplication } from '../support/oidc-application.js';

@Controller()
class WriteScopeController {
  @Get('needs-write')
  @OAuthProtect({ scopes: ['read', 'write'] })
  handler(): string {
    return 'reached';
  }
}

describeOnEachDatabase('server to server', (open) => {
  let oidc: OidcApplication;

  beforeAll(async () => {
    const database = await open<OidcTables>(oidcMigrations);
    oidc = await startOidcApplication(database, { controllers: [WriteScopeController] });
  });
  afterAll(() => oidc.close());

  async function call(path: string, authorization?: string, body?: object) {
    const answer = await request(`${oidc.issuer}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { statusCode: status, headers } = answer;
    return { status, headers, body: await answer.body.text() };
  }

  const tokenOf = async (id: string, secret: string) =>
    tokenRequest(oidc.issuer, { grant_type: 'client_credentials', scope: 'read' }, { id, secret });

  it('answers the published consumer’s requests as the original provider does (S2S-01 to S2S-09, S2S-11)', async () => {
    expect(await call('/public')).toMatchObject({ status: 200, body: 'moo' });
    expect(await call('/read-resource')).toMatchObject({ status: 401, body: '' });
    expect(await tokenOf('wrongId', 'wrongSecret')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Invalid client: client is invalid' },
    });
    const { body: token } = await tokenOf('testclient', 'testsecret');
    const authorization = `${token['token_type'] ?? ''} ${token['access_token'] ?? ''}`;
    expect(await call('/read-resource', authorization)).toMatchObject({ status: 200, body: '{"resource":null}' });
    const value = { value: 'foo-bar-moo' };
    expect(await call('/write-resource', `${token['token_type'] ?? ''} random-token-foo`, value)).toMatchObject({
      status: 401,
      body: '{"error":"invalid_token","error_description":"Invalid token: access token is invalid"}',
    });
    const written = await call('/write-resource', authorization, value);
    expect(written).toMatchObject({ status: 200, body: '{"message":"resource created"}' });
    expect(await call('/read-resource', authorization)).toMatchObject({ body: '{"resource":"foo-bar-moo"}' });
    // The scheme's case does not matter (S2S-09).
    expect((await call('/read-resource', authorization.replace('Bearer', 'bEARER'))).status).toBe(200);
  });

  it('refuses a token without the scope (S2S-08)', async () => {
    const { body: token } = await tokenOf('testclient', 'testsecret');
    const answer = await call('/needs-write', `Bearer ${token['access_token'] ?? ''}`);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'insufficient_scope' });
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope", scope="read write"');
  });

  it('challenges as RFC 6750 says: without an error code when no token was sent', async () => {
    expect((await call('/read-resource')).headers['www-authenticate']).toBe('Bearer realm="Service"');
    const invalid = await call('/read-resource', 'Basic abc');
    expect(invalid.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(invalid.headers['cache-control']).toBe('no-store');
  });

  it('serves none of it outside of demo mode', async () => {
    const plain = await startOidcApplication(await open<OidcTables>(oidcMigrations), { demoRoutes: false });
    expect((await request(`${plain.issuer}/public`)).statusCode).toBe(404);
    await plain.close();
  });
});
