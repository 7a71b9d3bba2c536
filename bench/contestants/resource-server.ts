import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../tools/free-port.mjs';
import type { Run } from '../line.js';
import { StartedProcess } from '../measure/started-process.js';
import { type AuthorizationServer, profilingWords, startAuthorizationServer } from './authorization-server.js';
import { HeartRateWorld } from './heart-rate-world.js';
import { NO_LIMIT } from './no-limit.js';

/** One instance of our resource server. */
export interface ResourceServer {
  /** Where this very instance is reached. */
  readonly origin: string;
  readonly process: StartedProcess;
}

/** How an instance is started. */
export interface ResourceServerStart {
  readonly name: string;
  /** The port it listens on; a free one when none is given. */
  readonly port?: number;
  /** The address of the resource server, the same for all its instances. */
  readonly url: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Words for Node that start it; those of the built resource server when none are given. */
  readonly words?: readonly string[];
}

/** Words for Node that start the built resource server. */
export const BUILT = [
  '--enable-source-maps',
  fileURLToPath(new URL('../../dist/main.resource-server.js', import.meta.url)),
];
const PATIENCE_MS = 30_000;

/** Starts an instance of the built resource server, which the authorization server tells of withdrawals. */
export async function startResourceServer(
  { folder, cores, later }: Pick<Run, 'folder' | 'cores' | 'later'>,
  { issuer, resourceServer }: AuthorizationServer,
  { name, port, url, environment, words = BUILT }: ResourceServerStart,
): Promise<ResourceServer> {
  const listening = port ?? (await freePort());
  const origin = `http://127.0.0.1:${listening}`;
  const started = await StartedProcess.start({
    name,
    folder,
    core: cores.server,
    words: [...profilingWords(), ...words],
    environment: {
      AS_ISSUER: issuer,
      RS_BASE_URL: url,
      RS_PORT: String(listening),
      RS_CLIENT_ID: resourceServer.id,
      RS_CLIENT_SECRET: resourceServer.secret,
      SECURITY_EVENTS_URL: `${origin}/security-events`,
      DATA_DIR: join(folder, name),
      RATE_LIMIT_PROTECTED_READS: NO_LIMIT,
      RATE_LIMIT_INGEST: NO_LIMIT,
      ...environment,
    },
  });
  later(() => started.stop());
  return { origin, process: started };
}

/** A resource server with its authorization server, and Alice's heart rate there. */
export interface Servers {
  readonly server: AuthorizationServer;
  readonly resourceServer: ResourceServer;
  readonly world: HeartRateWorld;
}

/** Starts both, has Alice sign in, and waits until the resource server is told of withdrawals. */
export async function startServers(
  run: Pick<Run, 'folder' | 'cores' | 'later'>,
  more: Pick<ResourceServerStart, 'environment' | 'words'> = {},
): Promise<Servers> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startAuthorizationServer(run, { resourceServerUrl: url });
  const resourceServer = await startResourceServer(run, server, { name: 'resource-server', port, url, ...more });
  const world = await HeartRateWorld.begin(server, url);
  await untilTold(resourceServer);
  return { server, resourceServer, world };
}

/** Waits until an instance is told of withdrawals. @throws Error when that does not come about */
export async function untilTold({ process }: ResourceServer): Promise<void> {
  const late = performance.now() + PATIENCE_MS;
  while (!(await readFile(process.logFile, 'utf8')).includes('tells of withdrawals')) {
    if (performance.now() > late) throw new Error('The authorization server does not tell of withdrawals.');
    await setTimeout(100);
  }
}
