import type { IncomingMessage, ServerResponse } from 'node:http';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createProcessApp } from '../bootstrap/run-process.js';
import { AuthorizationServerEnvironment } from '../config/authorization-server.environment.js';
import { readEnvironment } from '../config/read-environment.js';
import { authorizationServerProcess } from './authorization-server.process.js';

type SettingName = Extract<keyof AuthorizationServerEnvironment, Uppercase<string>>;
/** What is the surrounding application's to decide. */
type OfProcess = 'HOST' | 'AS_PORT' | 'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY' | 'DEMO';

/**
 * Settings of the authorization server, by the names that docs/configuration.md gives them, and as texts. The environment
 * and files are not looked at.
 */
export type AuthorizationServerSettings = Readonly<Record<'AS_ISSUER' | 'SECRET_KEY', string>> &
  Readonly<Partial<Record<Exclude<SettingName, OfProcess>, string>>>;

/** An authorization server inside of another application. */
export interface EmbeddedAuthorizationServer {
  /** Answers a request to an address at or below the issuer, whose body nobody has read yet. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Ends it; its database is closed then. */
  close(): Promise<void>;
}

type MountedRequest = IncomingMessage & { originalUrl?: string };

/**
 * Makes the authorization server: an OpenID provider, UMA 2.0 on top of it, and the pages of owners and administrators. It
 * is mounted at the path of its issuer:
 *
 * ```ts
 * const settings = { AS_ISSUER: 'https://photos.example/as', SECRET_KEY: secretKey };
 * const authorizationServer = await createAuthorizationServer(settings);
 * app.use('/as', authorizationServer.handle);
 * ```
 *
 * It writes a log of its own. Nest has one logger for all applications of a process: one that is created after this, with
 * a `logger` of its own, sees to both.
 *
 * @throws ConfigurationError naming every setting that is wrong
 */
export async function createAuthorizationServer(
  settings: AuthorizationServerSettings,
): Promise<EmbeddedAuthorizationServer> {
  const environment = readEnvironment(AuthorizationServerEnvironment, settings);
  const app = await createProcessApp(authorizationServerProcess, environment, { isSeeded: () => true });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { handle: listenerOf(app), close: () => app.close() };
}

/** A server that does not listen answers what it is handed. */
function listenerOf(app: NestFastifyApplication): EmbeddedAuthorizationServer['handle'] {
  const server = app.getHttpServer();
  return (request: MountedRequest, response) => {
    // Whoever mounts it may have cut the path off.
    request.url = request.originalUrl ?? request.url ?? '/';
    server.emit('request', request, response);
  };
}
