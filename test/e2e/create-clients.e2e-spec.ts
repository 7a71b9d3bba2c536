import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { type FakeReply, FakeServer, type SeenRequest } from '../../src/client/uma-client/servers.fake.js';
import { REGISTRATION_TOKEN } from '../support/authorization-server.js';
import { type TestClient, UmaWorld } from '../support/uma-world.js';

const run = promisify(execFile);

/** Runs the script. @returns the settings that it prints */
async function createClients(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const script = [process.execPath, ['tools/create-clients.mjs', ...words]] as const;
  const { stdout } = await run(script[0], script[1], { env: { PATH: process.env['PATH'], ...environment } });
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** The admin API of a Keycloak, as far as the script goes. */
class FakeKeycloak extends FakeServer {
  get issuer(): string {
    return `${this.origin}/realms/heart`;
  }

  /** What was sent to a path, as JSON. */
  sentTo(path: string): readonly unknown[] {
    return this.to(path).flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body) as unknown]));
  }

  protected override reply({ path, method, headers, body }: SeenRequest): FakeReply {
    const [place = ''] = path.split('?');
    if (place === '/realms/master/protocol/openid-connect/token') {
      const isAdmin = new URLSearchParams(body).get('password') === 'right';
      return isAdmin
        ? { status: 200, body: { access_token: 'admin' } }
        : { status: 401, body: { error: 'invalid_grant' } };
    }
    if (headers.authorization !== 'Bearer admin') return { status: 401 };
    if (method !== 'GET') return { status: method === 'POST' ? 201 : 204 };
    if (place === '/admin/realms/heart') return { status: 200, body: { defaultRole: { id: 'default' } } };
    if (place === '/admin/realms/heart/clients') return { status: 200, body: [{ id: 'uuid-of-rs' }] };
    return { status: 200, body: { id: 'role', name: 'uma_protection' } };
  }
}

describe('tools/create-clients.mjs (FH-08)', () => {
  describe('at a server that registers clients (RFC 7591)', () => {
    let world: UmaWorld;
    beforeAll(async () => {
      world = await UmaWorld.start('sqlite');
    });
    afterAll(() => world.close());
    const asAtHome = (...words: string[]) =>
      createClients(['--issuer', world.issuer, ...words], { REGISTRATION_TOKEN });
    const clientOf = (id = '', secret = ''): TestClient => ({ id, secret, metadata: {} });

    it('makes both clients, and prints the settings that name them', async () => {
      const settings = await asAtHome('--preset', 'janssen', '--resource-server', 'http://127.0.0.1:4321');
      expect(settings).toMatchObject({ AS_ISSUER: world.issuer, AS_PRESET: 'janssen' });
      const { RS_CLIENT_ID, RS_CLIENT_SECRET, CLIENT_ID, CLIENT_SECRET } = settings;
      const asked = await world.token(clientOf(CLIENT_ID, CLIENT_SECRET), {
        grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
        ticket: 'none',
      });
      expect(asked.body).toMatchObject({ error: 'invalid_grant' });
      const owned = await world.token(clientOf(RS_CLIENT_ID, RS_CLIENT_SECRET), { grant_type: 'refresh_token' });
      expect(owned.body).toMatchObject({ error: 'invalid_request' });
    });

    it('lets the resource server, and no other, pair sensors (RFC 8628)', async () => {
      const { RS_CLIENT_ID = '', RS_CLIENT_SECRET = '', CLIENT_ID = '', CLIENT_SECRET = '' } = await asAtHome();
      const authorize = async (id: string, secret: string): Promise<number> => {
        const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
        const form = { scope: 'openid' };
        return (await world.call('POST', '/device-authorization', { form, headers: { authorization } })).status;
      };
      expect(await authorize(RS_CLIENT_ID, RS_CLIENT_SECRET)).toBe(200);
      expect(await authorize(CLIENT_ID, CLIENT_SECRET)).toBe(400);
    });

    it('makes one client where owners may sign in too, as the setting wants it', async () => {
      const { AUTHORIZATION_SERVERS = '' } = await asAtHome('--callback-id', 'clinic');
      const [server] = JSON.parse(AUTHORIZATION_SERVERS.slice(1, -1)) as readonly Record<string, string>[];
      expect(server).toMatchObject({ id: 'clinic', issuer: world.issuer, preset: 'standard' });
      const { client_id: id, client_secret: secret } = server ?? {};
      const owned = await world.token(clientOf(id, secret), { grant_type: 'refresh_token' });
      expect(owned.body).toMatchObject({ error: 'invalid_request' });
    });

    it.each([
      ['no issuer', [], '--issuer is needed.'],
      ['a product whose clients are made by hand', ['--preset', 'wso2', '--issuer', 'x'], 'clients are made by hand'],
    ])('says what is wrong with %s', async (_what, words, says) => {
      await expect(createClients(words, {})).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining(says) as string,
      });
    });

    it('says that the token does not let it, and nothing of the token', async () => {
      const failure: unknown = await createClients(['--issuer', world.issuer], {
        REGISTRATION_TOKEN: 'hush-hush',
      }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ stderr: expect.stringContaining('answered with 401') as string });
      expect((failure as { stderr: string }).stderr).not.toContain('hush-hush');
    });
  });

  describe('at Keycloak', () => {
    let keycloak: FakeKeycloak;
    beforeEach(async () => {
      keycloak = await new FakeKeycloak().start();
    });
    afterEach(() => keycloak.stop());
    const atKeycloak = (password: string) =>
      createClients(['--preset', 'keycloak', '--issuer', keycloak.issuer], { KEYCLOAK_ADMIN_PASSWORD: password });

    it('makes both clients, lets owners share, and makes everybody’s token a PAT', async () => {
      const settings = await atKeycloak('right');
      expect(settings).toMatchObject({ RS_CLIENT_ID: 'resource-server', CLIENT_ID: 'client-server' });
      expect(keycloak.sentTo('/admin/realms/heart')).toEqual([{ userManagedAccessAllowed: true }]);
      expect(keycloak.sentTo('/admin/realms/heart/clients')).toEqual([
        expect.objectContaining({
          clientId: 'resource-server',
          secret: settings['RS_CLIENT_SECRET'],
          redirectUris: ['http://localhost:4000/callback'],
          authorizationServicesEnabled: true,
          attributes: expect.objectContaining({ 'oauth2.device.authorization.grant.enabled': 'true' }) as object,
        }),
        expect.objectContaining({
          clientId: 'client-server',
          redirectUris: ['http://localhost:3000/callback'],
          attributes: expect.objectContaining({ 'oauth2.device.authorization.grant.enabled': 'false' }) as object,
        }),
      ]);
      expect(keycloak.sentTo('/admin/realms/heart/roles-by-id/default/composites')).toEqual([
        [{ id: 'role', name: 'uma_protection' }],
      ]);
    });

    it('does nothing for somebody who is no administrator', async () => {
      await expect(atKeycloak('wrong')).rejects.toMatchObject({
        stderr: expect.stringContaining('401 (invalid_grant)') as string,
      });
      expect(keycloak.sentTo('/admin/realms/heart/clients')).toEqual([]);
    });
  });
});
