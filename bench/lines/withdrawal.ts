import { randomBytes } from 'node:crypto';

import { freePort } from '../../tools/free-port.mjs';
import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { HeartRateWorld } from '../contestants/heart-rate-world.js';
import { startPostgres } from '../contestants/postgres.js';
import { type ResourceServer, startResourceServer, untilTold } from '../contestants/resource-server.js';
import type { Line, Run } from '../line.js';
import { type Entry, isMet } from '../report/entry.js';
import { quantile, spread } from '../report/statistics.js';

const NAME = 'withdrawal';
const GOAL = '<=1';
/** Fewer say nothing about the 99th percentile. */
const FEWEST = 50;
const MOST = 250;

/**
 * From the owner's request answered to the first read refused, at each of two resource server instances on one
 * PostgreSQL. Before, each instance has decided that the token is good, and keeps that while it is told of withdrawals.
 */
export const withdrawal: Line = {
  name: NAME,
  about: 'from a withdrawal answered to the first refused read, at two resource server instances, seconds at p99',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const { world, instances } = await startWorld(run);
    const seconds: number[] = [];
    let count = 0;
    for (; count < MOST && run.leftMs() > 0; count += 1) seconds.push(...(await withdrawOnce(world, instances)));
    return [entryOf(seconds, count)];
  },
};

interface World {
  readonly world: HeartRateWorld;
  readonly instances: readonly ResourceServer[];
}

async function startWorld(run: Run): Promise<World> {
  const { url: DATABASE_URL } = await startPostgres(run);
  const environment = { DATABASE_URL, SECRET_KEY: randomBytes(32).toString('base64url') };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startAuthorizationServer(run, { resourceServerUrl: url, environment });
  const instances = await Promise.all([
    startResourceServer(run, server, { name: 'resource-server-1', port, url, environment }),
    startResourceServer(run, server, { name: 'resource-server-2', url, environment }),
  ]);
  const world = await HeartRateWorld.begin(server, url);
  await Promise.all(instances.map(untilTold));
  return { world, instances };
}

/** @returns for each instance how many seconds passed until it refused */
async function withdrawOnce(world: HeartRateWorld, instances: readonly ResourceServer[]): Promise<readonly number[]> {
  const shareId = await world.share();
  const [first] = instances;
  if (first === undefined) return [];
  const token = await world.token(first);
  for (const instance of instances) {
    if (!(await world.mayRead(instance, token))) throw new Error('A read was refused before the withdrawal.');
  }
  const reads = instances.map((instance) => untilRefused(world, instance, token));
  await world.withdraw(shareId);
  const answered = performance.now();
  return (await Promise.all(reads)).map((refused) => Math.max(0, refused - answered) / 1000);
}

/** Reads again and again. @returns when the first read was refused */
async function untilRefused(world: HeartRateWorld, instance: ResourceServer, token: string): Promise<number> {
  while (await world.mayRead(instance, token));
  return performance.now();
}

function entryOf(seconds: readonly number[], count: number): Entry {
  const sorted = [...seconds].sort((a, b) => a - b);
  const figure = quantile(sorted, 0.99);
  return {
    ...{ name: NAME, ours: figure, against: null, unit: 's at p99', contestant: 'none', ratio: figure, goal: GOAL },
    ...{ met: isMet(GOAL, figure), spread: spread(sorted), rounds: count, valid: count >= FEWEST },
    remarks: [
      `median ${quantile(sorted, 0.5).toFixed(3)} s, longest ${quantile(sorted, 1).toFixed(3)} s`,
      ...(count < FEWEST ? [`only ${count} withdrawals in the time there was`] : []),
    ],
  };
}
