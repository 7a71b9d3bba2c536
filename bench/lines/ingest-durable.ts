import { startPostgres } from '../contestants/postgres.js';
import { startServers } from '../contestants/resource-server.js';
import { sensorsOf } from '../contestants/sensors.js';
import { startUnnest } from '../contestants/unnest.js';
import type { Line } from '../line.js';
import { type Driver, Drivers } from '../measure/drivers.js';
import { sumOfMeters } from '../measure/process-tree.meter.js';
import type { Contender } from '../measure/rounds.js';
import { SocketLoad } from '../sockets/socket-load.js';
import { compareRates } from './compare-rates.js';

const NAME = 'ingest-durable';
const GOAL = '>=0.5';
const SENSORS = 16;
const BATCH = 50;
const WINDOW = 20;

/** Measurements over sockets until they are in PostgreSQL and acknowledged, against batches that are inserted and no more. */
export const ingestDurable: Line = {
  name: NAME,
  about: 'measurements over socket.io into PostgreSQL, all on one core, against the insertion of batches alone',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const postgres = await startPostgres(run);
    const { resourceServer, world } = await startServers(run, { environment: { DATABASE_URL: postgres.url } });
    const sockets = await SocketLoad.start(run);
    const unnest = await startUnnest(run, postgres.url);
    const operation = {
      origin: resourceServer.origin,
      sensors: await sensorsOf(world, SENSORS),
      batch: BATCH,
      window: WINDOW,
    };
    const ours: Contender<Driver> = {
      name: 'ours',
      operation: {
        prepare: () => sockets.prepare('ours', { ...operation, viewers: [] }),
        run: (milliseconds) => sockets.run('ours', milliseconds),
      },
      meter: sumOfMeters(resourceServer.process.meter, postgres.meter),
    };
    const theirs: Contender<Driver> = {
      name: 'batches alone',
      operation: { prepare: () => Promise.resolve(), run: unnest.run },
      meter: sumOfMeters(unnest.meter, postgres.meter),
    };
    return [
      await compareRates(
        { plan: run.plan, load: new Drivers() },
        { name: NAME, goal: GOAL, unit: 'samples/s' },
        ours,
        theirs,
      ),
    ];
  },
};
