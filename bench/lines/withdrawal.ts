import { randomBytes } from 'node:crypto';

import { freePort } from '../../tools/free-port.mjs';
import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { HeartRateWorld } from '../contestants/heart-rate-world.js';
import { startPostgres } from '../contestants/postgres.js';
import { startRedis } from '../contestants/redis.js';
import { type ResourceServer, startResourceServer, untilTold } from '../contestants/resource-server.js';
import { SCOPE, STREAM_SCOPE } from '../contestants/shared-resource.js';
import type { Line, Run } from '../line.js';
import { type Entry, isMet } from '../report/entry.js';
import { quantile, spread } from '../report/statistics.js';
import { SteadySensor } from '../sockets/steady-sensor.js';
import { Watching } from '../sockets/watching.js';

const NAME = 'withdrawal';
const GOAL = '<=1';
/** Fewer say nothing about the 99th percentile. */
const FEWEST = 50;
const MOST = 250;
/** How often the sensor sends, in milliseconds: often enough that silence shows at once. */
const SENSOR_MS = 25;

/** How many seconds passed from withdrawals until reads were refused, and until streams had ended. */
interface Silence {
  readonly reads: readonly number[];
  readonly streams: readonly number[];
}

/**
 * From the owner's request answered until nothing comes any more: to the first read refused and to the end of the live
 * stream, at each of two resource server instances on one PostgreSQL, and one Redis where there is any. Before, each
 * instance has decided that the token is good, and keeps that while it is told of withdrawals.
 */
export const withdrawal: Line = {
  name: NAME,
  about:
    'from a withdrawal answered to silence, reads and live streams, at two resource server instances, seconds at p99',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const scene = await startScene(run);
    const silences: Silence[] = [];
    let watching: readonly Watching[] = [];
    while (silences.length < MOST && run.leftMs() > 0) {
      const { silence, ended } = await withdrawOnce(scene);
      // The last ones were there until now: nothing may have come any more.
      for (const viewer of watching) viewer.leave();
      watching = ended;
      silences.push(silence);
    }
    for (const viewer of watching) viewer.leave();
    return [entryOf(silences, scene.hasRedis)];
  },
};

interface Scene {
  readonly world: HeartRateWorld;
  readonly first: ResourceServer;
  readonly instances: readonly ResourceServer[];
  readonly hasRedis: boolean;
}

async function startScene(run: Run): Promise<Scene> {
  const { url: DATABASE_URL } = await startPostgres(run);
  const REDIS_URL = await startRedis(run);
  const shared = { DATABASE_URL, SECRET_KEY: randomBytes(32).toString('base64url') };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startAuthorizationServer(run, { resourceServerUrl: url, environment: shared });
  const environment = { ...shared, ...(REDIS_URL !== undefined && { REDIS_URL }) };
  const [first, second] = await Promise.all([
    startResourceServer(run, server, { name: 'resource-server-1', port, url, environment }),
    startResourceServer(run, server, { name: 'resource-server-2', url, environment }),
  ]);
  const world = await HeartRateWorld.begin(server, url);
  await Promise.all([untilTold(first), untilTold(second)]);
  const sensor = await SteadySensor.begin(first.origin, { token: await world.sensor() }, SENSOR_MS);
  run.later(() => sensor.end());
  return { world, first, instances: [first, second], hasRedis: REDIS_URL !== undefined };
}

/** @returns how long it took at each instance, and the viewers, who are there still */
async function withdrawOnce({
  world,
  first,
  instances,
}: Scene): Promise<{ readonly silence: Silence; readonly ended: readonly Watching[] }> {
  const shareId = await world.share(SCOPE, STREAM_SCOPE);
  const [toRead, toWatch] = [await world.token(first), await world.token(first, world.livePath)];
  for (const instance of instances) {
    if (!(await world.mayRead(instance, toRead))) throw new Error('A read was refused before the withdrawal.');
  }
  const viewers = await Promise.all(instances.map(({ origin }) => Watching.begin(origin, world.resourceId, toWatch)));
  const reads = instances.map((instance) => untilRefused(world, instance, toRead));
  const streams = viewers.map((viewer) => viewer.end());
  await world.withdraw(shareId);
  const answered = performance.now();
  const seconds = (end: number): number => Math.max(0, end - answered) / 1000;
  const silence = {
    reads: (await Promise.all(reads)).map(seconds),
    streams: (await Promise.all(streams)).map(seconds),
  };
  return { silence, ended: viewers };
}

/** Reads again and again. @returns when the first read was refused */
async function untilRefused(world: HeartRateWorld, instance: ResourceServer, token: string): Promise<number> {
  while (await world.mayRead(instance, token));
  return performance.now();
}

function entryOf(silences: readonly Silence[], hasRedis: boolean): Entry {
  const reads = silences.flatMap((silence) => silence.reads);
  const streams = silences.flatMap((silence) => silence.streams);
  const all = sorted([...reads, ...streams]);
  const [figure, count] = [quantile(all, 0.99), silences.length];
  return {
    ...{ name: NAME, ours: figure, against: null, unit: 's at p99', contestant: 'none', ratio: figure, goal: GOAL },
    ...{ met: isMet(GOAL, figure), spread: spread(all), rounds: count, valid: count >= FEWEST },
    remarks: [
      `reads: ${inWords(reads)}; live streams: ${inWords(streams)}; ${hasRedis ? 'with Redis' : 'without Redis'}`,
      ...(count < FEWEST ? [`only ${count} withdrawals in the time there was`] : []),
    ],
  };
}

function inWords(seconds: readonly number[]): string {
  const [median, late, longest] = [0.5, 0.99, 1].map((part) => quantile(sorted(seconds), part).toFixed(3));
  return `median ${median ?? ''} s, p99 ${late ?? ''} s, longest ${longest ?? ''} s`;
}

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
