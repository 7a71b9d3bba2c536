import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

import { authorizationServerProcess } from '../../src/apps/authorization-server.process.js';
import { clientProcess } from '../../src/apps/client.process.js';
import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { VIEWER_FILES } from '../../src/client/viewer-page.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import type { ProcessDescription } from '../../src/bootstrap/run-process.js';
import type { CommonEnvironment } from '../../src/config/common.environment.js';
import { readEnvironment } from '../../src/config/read-environment.js';

/** A process that is booted in demo mode and does not listen. */
export interface IdleProcess {
  readonly app: NestFastifyApplication;
  /** Every route of its router, as `GET /resources/{id}`; `HEAD` goes with `GET` and is left out. */
  readonly routes: readonly string[];
}

/** The three processes. */
export interface IdleProcesses {
  readonly authorizationServer: IdleProcess;
  readonly resourceServer: IdleProcess;
  readonly client: IdleProcess;
  close(): Promise<void>;
}

/** Boots the three processes by their own descriptions on new SQLite files. */
export async function bootIdleProcesses(): Promise<IdleProcesses> {
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-routes-'));
  mkdirSync(join(folder, VIEWER_FILES));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><base href="/" />');
  const authorizationServer = await boot(authorizationServerProcess, folder);
  const resourceServer = await boot(resourceServerProcess, folder);
  const client = await boot(clientProcess(folder), folder);
  return {
    authorizationServer,
    resourceServer,
    client,
    close: async () => {
      await Promise.all([authorizationServer, resourceServer, client].map(({ app }) => app.close()));
      await rm(folder, { recursive: true });
    },
  };
}

async function boot<Environment extends CommonEnvironment>(
  description: ProcessDescription<Environment>,
  folder: string,
): Promise<IdleProcess> {
  const routes = new Set<string>();
  // The only way to meet a router before it has routes; nothing else boots at the same time.
  const watch = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.add(`${one} ${inBraces(url)}`);
    });
  };
  subscribe('fastify.initialization', watch);
  try {
    const app = await createIdle(description, folder);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return { app, routes: [...routes].filter((route) => !/^(?:HEAD|OPTIONS) /.test(route)).sort() };
  } finally {
    unsubscribe('fastify.initialization', watch);
  }
}

const inBraces = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

async function createIdle<Environment extends CommonEnvironment>(
  { name, environment, module, appOptions }: ProcessDescription<Environment>,
  folder: string,
): Promise<NestFastifyApplication> {
  const settings = readEnvironment(environment, {
    DATA_DIR: folder,
    SECRET_KEY: 'a secret key that only the tests know',
    DEMO: 'true',
    REGISTRATION_TOKEN: 'an initial access token of the tests',
    RS_CLIENT_SECRET: 'a client secret of the tests',
    CLIENT_SECRET: 'a client secret of the tests',
    AUTHORIZATION_SERVERS: JSON.stringify([
      { id: 'other', issuer: 'https://as.example', client_id: 'rs', client_secret: 'a client secret of the tests' },
    ]),
  });
  const options = { ...appOptions(settings), name, logLevel: 'silent', trustProxy: [] } as const;
  return createApp(await module(settings, { isSeeded: () => false }), options);
}
