import { join } from 'node:path';

import { SystemClock } from '../../src/common/clock.js';
import { openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { freePort } from '../../tools/free-port.mjs';
import { accountsOf, startAuthorizationServer } from '../contestants/authorization-server.js';
import { HeartRateWorld } from '../contestants/heart-rate-world.js';
import { startPostgres } from '../contestants/postgres.js';
import { BUILT, type ResourceServer, startResourceServer, untilTold } from '../contestants/resource-server.js';
import { STREAM_SCOPE } from '../contestants/shared-resource.js';
import type { Run } from '../line.js';
import type { Handshake } from '../sockets/raw-socket.js';
import type { SoakOptions } from './options.js';
import type { SensorHandshake, SoakLoad } from './soak-load.js';

/** How many owners have viewers: each signs in, shares and has one sensor, as everybody would. */
const OWNERS = 20;
const MINUTE_SECONDS = 60;
/** What setting up may take while tokens are good already. */
const SETTING_UP_SECONDS = 600;

/** Everything that a soak runs with. */
export interface Scene {
  readonly resourceServer: ResourceServer;
  readonly load: SoakLoad;
  /** Opens the database of the resource server. */
  readonly database: Parameters<typeof openDatabase>[0];
}

/**
 * Starts the servers. The first sensors belong to owners who share their heart rates with viewers; the others, of which each
 * has a heart rate that nobody watches, are put into the database.
 */
export async function startScene(
  run: Pick<Run, 'folder' | 'cores' | 'later'>,
  { sensors, viewers, minutes, database }: SoakOptions,
): Promise<Scene> {
  const url = database === 'postgres' ? (await startPostgres(run)).url : undefined;
  const owners = Array.from({ length: Math.min(OWNERS, sensors, viewers) }, (_, index) => `owner-${index}`);
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const server = await startAuthorizationServer(run, {
    resourceServerUrl: base,
    environment: {
      AS_ACCOUNTS: accountsOf(...owners, 'bob'),
      RPT_LIFETIME_SECONDS: String(minutes * MINUTE_SECONDS + SETTING_UP_SECONDS),
    },
  });
  const resourceServer = await startResourceServer(run, server, {
    ...{ name: 'resource-server', port, url: base, words: ['--expose-gc', ...BUILT] },
    environment: { ...(url !== undefined && { DATABASE_URL: url }) },
  });
  await untilTold(resourceServer);
  const file = join(run.folder, 'resource-server', 'resource-server.sqlite');
  const options = { url, file, schema: 'resource_server' };
  const watched = await watchedSensors(
    owners,
    viewers,
    (owner) => HeartRateWorld.begin(server, base, owner),
    resourceServer,
  );
  const others = await otherSensors(options, sensors - owners.length);
  return {
    resourceServer,
    load: { origin: resourceServer.origin, sensors: [...watched.sensors, ...others], viewers: watched.viewers },
    database: options,
  };
}

interface Watched {
  readonly sensors: readonly SensorHandshake[];
  readonly viewers: readonly Handshake[];
}

async function watchedSensors(
  owners: readonly string[],
  viewers: number,
  begin: (owner: string) => Promise<HeartRateWorld>,
  resourceServer: ResourceServer,
): Promise<Watched> {
  const [sensors, handshakes]: [SensorHandshake[], Handshake[]] = [[], []];
  for (const [index, owner] of owners.entries()) {
    const world = await begin(owner);
    const { resourceId: resource } = world;
    await world.share(STREAM_SCOPE);
    // As many each, and one more for the first of them where that does not come out even.
    const count = Math.floor((viewers + owners.length - 1 - index) / owners.length);
    const tokens = await world.tokens(resourceServer, world.livePath, count);
    handshakes.push(...tokens.map((token) => ({ resource, token })));
    sensors.push({ token: await world.sensor(), resource });
  }
  return { sensors, viewers: handshakes };
}

async function otherSensors(options: Scene['database'], count: number): Promise<readonly SensorHandshake[]> {
  const database = await openDatabase<MeasurementTables>(options);
  const sensors = new Sensors(database, new SystemClock());
  const handshakes: SensorHandshake[] = [];
  for (let index = 0; index < count; index += 1) {
    const resource = `heart-rate-${index}`;
    const { credential } = await sensors.create(resource, 'Strap');
    handshakes.push({ token: credential.reveal(), resource });
  }
  await database.close();
  return handshakes;
}
