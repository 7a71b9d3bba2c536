import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { authorizationServerProcess } from '../../src/apps/authorization-server.process.js';
import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { clientProcess } from '../../src/apps/client.process.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import type { ProcessDescription } from '../../src/bootstrap/run-process.js';
import { readEnvironment } from '../../src/config/read-environment.js';
import type { CommonEnvironment } from '../../src/config/common.environment.js';

const LIMIT = 3;
const TRIES = LIMIT + 2;

describe('the rate limits of a process (SEC-11)', () => {
  let folder: string;
  let app: NestFastifyApplication | undefined;

  const start = async <Environment extends CommonEnvironment>(
    { environment: settings, module, appOptions, name }: ProcessDescription<Environment>,
    limit: string,
  ): Promise<void> => {
    const environment = readEnvironment(settings, {
      AS_ISSUER: 'http://localhost:1',
      RS_CLIENT_ID: 'resource-server',
      RS_CLIENT_SECRET: 'secret of a test',
      CLIENT_SECRET: 'secret of a test',
      DATA_DIR: folder,
      SECRET_KEY: 'secret key of a test, long enough for it',
      [limit]: String(LIMIT),
    });
    app = await createApp(await module(environment, { isSeeded: () => true }), {
      ...appOptions(environment),
      name,
      logLevel: 'silent',
      trustProxy: [],
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  };
  /** @returns how many of some requests, each with other credentials where it has any, were told to slow down */
  const refusedOf = async (
    method: 'GET' | 'POST',
    url: string,
    credentials?: (index: number) => string,
    header = 'authorization',
  ) => {
    let refused = 0;
    for (let index = 0; index < TRIES; index++) {
      const headers = credentials === undefined ? {} : { [header]: credentials(index) };
      const answer = await app?.inject({ method, url, headers });
      if (answer?.statusCode === 429) refused += 1;
    }
    return refused;
  };
  const sameBearer = (): string => 'Bearer same';
  const anyBearer = (index: number): string => `Bearer invented-${index}`;
  const anyClient = (index: number): string => `Basic ${Buffer.from(`invented-${index}:secret`).toString('base64')}`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-limits-'));
  });
  afterEach(async () => {
    await app?.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    { limit: 'RATE_LIMIT_SIGN_IN', url: '/interaction/any/login', as: undefined },
    { limit: 'RATE_LIMIT_DEVICE', url: '/device', as: undefined },
    { limit: 'RATE_LIMIT_TOKEN', url: '/token', as: anyClient },
    { limit: 'RATE_LIMIT_TOKEN', url: '/par', as: anyClient },
    { limit: 'RATE_LIMIT_TOKEN', url: '/device-authorization', as: anyClient },
    { limit: 'RATE_LIMIT_PERMISSION', url: '/uma/permission', as: sameBearer },
    { limit: 'RATE_LIMIT_PERMISSION', url: '/uma/permission', as: anyBearer },
    { limit: 'RATE_LIMIT_INTROSPECTION', url: '/introspect', as: sameBearer },
    { limit: 'RATE_LIMIT_INTROSPECTION', url: '/introspect', as: anyBearer },
  ])('at the authorization server: $limit bounds POST $url', async ({ limit, url, as }) => {
    await start(authorizationServerProcess, limit);
    expect(await refusedOf('POST', url, as)).toBe(TRIES - LIMIT);
  });

  it.each([
    { limit: 'RATE_LIMIT_SIGN_IN', method: 'GET', url: '/login', as: undefined },
    { limit: 'RATE_LIMIT_INGEST', method: 'POST', url: '/measurements', as: sameBearer },
    { limit: 'RATE_LIMIT_INGEST', method: 'POST', url: '/measurements', as: anyBearer },
    { limit: 'RATE_LIMIT_INGEST', method: 'POST', url: '/sensor-status', as: sameBearer },
    { limit: 'RATE_LIMIT_PAIRING', method: 'POST', url: '/api/pairings', as: undefined },
    { limit: 'RATE_LIMIT_PAIRING_QUESTIONS', method: 'POST', url: '/api/pairings/token', as: undefined },
    { limit: 'RATE_LIMIT_PAIRING_CODES', method: 'POST', url: '/pair', as: undefined },
    { limit: 'RATE_LIMIT_PROTECTED_READS', method: 'GET', url: '/resources/any/heart-rate/latest', as: undefined },
    { limit: 'RATE_LIMIT_PROTECTED_READS', method: 'GET', url: '/hearthRate', as: sameBearer },
  ] as const)('at the resource server: $limit bounds $method $url', async ({ limit, method, url, as }) => {
    await start(resourceServerProcess, limit);
    expect(await refusedOf(method, url, as)).toBe(TRIES - LIMIT);
  });

  it('at the resource server: one budget is for all protected reads together', async () => {
    await start(resourceServerProcess, 'RATE_LIMIT_PROTECTED_READS');
    expect(await refusedOf('GET', '/resources/any/heart-rate', sameBearer)).toBe(TRIES - LIMIT);
    expect(await refusedOf('GET', '/hearthRate', sameBearer)).toBe(TRIES);
  });

  it.each([
    { whose: 'one session', method: 'POST', url: '/api/access', cookie: () => 'pulsegate_client=same' },
    { whose: 'one session', method: 'GET', url: '/getHearthRate', cookie: () => 'pulsegate_client=same' },
    { whose: 'one session', method: 'GET', url: '/claimCallback?state=x', cookie: () => 'pulsegate_client=same' },
    {
      whose: 'invented sessions',
      method: 'GET',
      url: '/api/access/any/latest',
      cookie: (index: number) => `pulsegate_client=invented-${index}`,
    },
  ] as const)('at the client: RATE_LIMIT_ACCESS bounds $method $url of $whose', async ({ method, url, cookie }) => {
    mkdirSync(join(folder, 'web', 'viewer'), { recursive: true });
    writeFileSync(join(folder, 'web', 'index.html'), '<base href="/" />');
    await start(clientProcess(join(folder, 'web')), 'RATE_LIMIT_ACCESS');
    expect(await refusedOf(method, url, cookie, 'cookie')).toBe(TRIES - LIMIT);
  });
});
