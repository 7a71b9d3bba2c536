import type { AddressInfo } from 'node:net';

import { type DynamicModule, Logger, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { errorCode } from '../common/error-code.js';
import type { CommonEnvironment } from '../config/common.environment.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { loadEnvironment, type LoadedEnvironment } from '../config/load-environment.js';
import { printConfiguration } from '../config/print-configuration.js';
import type { AppOptions } from './app-options.js';
import { createApp } from './create-app.js';
import { installOutbound } from './outbound.js';
import { EXIT, type ProcessHost } from './process-host.js';
import { shutDownOnSignals } from './shutdown.js';

/** What the launcher of the demo world has told this process. */
export interface DemoProgress {
  /** Whether the demo world is complete, so that the process may call itself ready. */
  isSeeded(): boolean;
}

/** Shows the configuration instead of serving. */
const PRINT_CONFIG = '--print-config';

/** One of our processes: how it is configured, and what it is made of. */
export interface ProcessDescription<Environment extends CommonEnvironment> {
  /** Names the process in its log and its key file: `resource-server`. */
  readonly name: string;
  readonly environment: Type<Environment>;
  readonly module: (environment: Environment, demo: DemoProgress) => Type | DynamicModule | Promise<DynamicModule>;
  /** What the environment of every process does not say by itself. */
  readonly appOptions: (
    environment: Environment,
  ) => Pick<
    AppOptions,
    'basePath' | 'rateLimits' | 'contentSecurityPolicy' | 'crossOrigin' | 'openApi' | 'logDestination'
  >;
}

/** Makes the server of a process. It neither listens yet nor takes signals. */
export async function createProcessApp<Environment extends CommonEnvironment>(
  { name, module, appOptions }: ProcessDescription<Environment>,
  environment: Environment,
  demo: DemoProgress,
): Promise<NestFastifyApplication> {
  return createApp(await module(environment, demo), {
    ...appOptions(environment),
    name,
    logLevel: environment.LOG_LEVEL,
    trustProxy: environment.TRUST_PROXY,
    bodyLimitBytes: environment.BODY_LIMIT_BYTES,
  });
}

/**
 * Runs a server as the process it is in: reads the configuration, listens, tells whoever started it, and ends cleanly.
 * With `--print-config` it only shows the configuration. Exit codes: 78 for a wrong configuration, 1 when it cannot
 * start.
 */
export async function runProcess<Environment extends CommonEnvironment>(
  description: ProcessDescription<Environment>,
  host: ProcessHost = process,
): Promise<void> {
  try {
    const words = host.argv.slice(2);
    const unknown = words.find((word) => word !== PRINT_CONFIG);
    if (unknown !== undefined) throw new ConfigurationError([`${unknown}: only ${PRINT_CONFIG} is understood`]);
    const readOnly = words.includes(PRINT_CONFIG);
    const place = { process: description.name, variables: host.env, directory: host.cwd(), readOnly };
    const loaded = loadEnvironment(description.environment, place);
    if (readOnly) host.stdout.write(`${printConfiguration(description.environment, loaded)}\n`);
    else await serve(description, loaded, host);
  } catch (error) {
    const isMisconfigured = error instanceof ConfigurationError;
    host.stderr.write(`${description.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    host.exit(isMisconfigured ? EXIT.misconfigured : EXIT.failed);
  }
}

async function serve<Environment extends CommonEnvironment>(
  description: ProcessDescription<Environment>,
  { environment, warnings }: LoadedEnvironment<Environment>,
  host: ProcessHost,
): Promise<void> {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = environment;
  installOutbound({ httpProxy: HTTP_PROXY, httpsProxy: HTTPS_PROXY, noProxy: NO_PROXY });
  const app = await createProcessApp(description, environment, demoProgress(host));
  const logger = new Logger(description.name);
  for (const warning of warnings) logger.warn(warning);
  const url = await listen(app, environment);
  shutDownOnSignals(app, host);
  host.send?.({ type: 'listening', url });
}

/** Listens by way of Fastify: Nest's own way would log a failure a second time. */
async function listen(app: NestFastifyApplication, { HOST, port }: CommonEnvironment): Promise<string> {
  await app.init();
  try {
    const listenTextResolver = (address: string) => `Listening on ${address}`;
    await app.getHttpAdapter().getInstance().listen({ host: HOST, port: port.number, listenTextResolver });
  } catch (error) {
    await app.close();
    throw refusalToListen(error, port);
  }
  const { address, family, port: listened } = app.getHttpServer().address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${listened}`;
}

/** What the system says of an address that is not to be found, or found on another machine. */
const NOT_OURS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND']);

function refusalToListen(cause: unknown, { number, variable }: CommonEnvironment['port']): Error {
  const code = errorCode(cause) ?? 'unknown';
  if (NOT_OURS.has(code)) return new ConfigurationError(['HOST must be an address of this machine, or a name of one']);
  const advice = new Map([
    ['EADDRINUSE', `port ${number} is in use: stop what listens there, or set ${variable} to another port.`],
    ['EACCES', `port ${number} needs more rights: set ${variable} to a port above 1023.`],
  ]);
  return new Error(advice.get(code) ?? `cannot listen on the address of HOST, port ${number} (${code}).`, { cause });
}

function demoProgress(host: ProcessHost): DemoProgress {
  let seeded = false;
  if (host.send !== undefined) {
    host.on('message', (message) => {
      seeded ||= typeof message === 'object' && message !== null && 'type' in message && message.type === 'seeded';
    });
  }
  return { isSeeded: () => seeded };
}
