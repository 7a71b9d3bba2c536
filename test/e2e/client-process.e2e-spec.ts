import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { clientProcess } from '../../src/apps/client.process.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { SystemClock } from '../../src/common/clock.js';
import { ClientEnvironment } from '../../src/config/client.environment.js';
import { readEnvironment } from '../../src/config/read-environment.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';

const BASE_URL = 'http://hearts.example/viewer';

describe('the client server as a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-process-'));
  const webFolder = join(folder, 'web');
  let provider: FakeOpenIdProvider;
  let app: NestFastifyApplication;
  let seeded = false;

  beforeAll(async () => {
    mkdirSync(join(webFolder, 'viewer'), { recursive: true });
    writeFileSync(join(webFolder, 'index.html'), '<base href="/" />');
    provider = await FakeOpenIdProvider.start(new SystemClock());
    const environment = readEnvironment(ClientEnvironment, {
      CLIENT_BASE_URL: BASE_URL,
      CLIENT_ID: provider.clientId,
      CLIENT_SECRET: provider.clientSecret,
      AS_ISSUER: provider.issuer,
      DATA_DIR: folder,
      SECRET_KEY: 'secret key of a test, long enough for it',
      DEMO: 'true',
    });
    const { module, appOptions } = clientProcess(webFolder);
    app = await createApp(await module(environment, { isSeeded: () => seeded }), {
      ...appOptions(environment),
      name: 'client',
      logLevel: 'silent',
      trustProxy: [],
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    await provider.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (url: string, accept = 'text/html') => app.inject({ url, headers: { accept } });

  it('is ready when the demo world is, and not before', async () => {
    expect((await get('/health/ready')).statusCode).toBe(503);
    seeded = true;
    expect((await get('/health/ready')).statusCode).toBe(200);
  });

  it('lives below the path of its address', async () => {
    expect((await get('/viewer/open')).body).toContain('<base href="/viewer/" />');
    const login = await get('/viewer/login');
    expect(new URL(String(login.headers.location)).searchParams.get('redirect_uri')).toBe(`${BASE_URL}/callback`);
  });

  it('is known by a cookie of its own name', async () => {
    const cookies = (await get('/viewer/login')).cookies as readonly { name: string; path?: string }[];
    expect(cookies).toEqual([expect.objectContaining({ path: '/viewer' })]);
    expect(cookies[0]?.name).toMatch(/^pulsegate_client_login_[\w-]{16}$/);
  });

  it('sends no person back to another place than they came to', async () => {
    const refused = await get('/viewer/umaToken');
    const { searchParams } = new URL(String(refused.headers.location), BASE_URL);
    expect(searchParams.get('returnTo')).toBe('/viewer/umaToken');
  });
});
