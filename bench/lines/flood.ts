import { startServers } from '../contestants/resource-server.js';
import { sensorsOf } from '../contestants/sensors.js';
import type { Line, Run } from '../line.js';
import type { Ran } from '../measure/load.js';
import { compareFigures, tooFew } from '../report/compare.js';
import { type Entry } from '../report/entry.js';
import { SocketLoad } from '../sockets/socket-load.js';
import type { SocketOperation } from '../sockets/socket-operation.js';

const NAME = 'flood';
const GOAL = '<=25';
const SENSORS = 10;
const PATH = '/health/live';

/** How long a plain GET waits while sensors send as much as they can without waiting for answers. */
export const flood: Line = {
  name: NAME,
  about: `a plain GET while ${SENSORS} sensors flood: its 99th percentile by the median when nobody does anything else`,
  goals: { [NAME]: GOAL },
  async measure(run) {
    const { resourceServer, world } = await startServers(run);
    const { origin } = resourceServer;
    const sockets = await SocketLoad.start(run);
    const sensors = await sensorsOf(world, SENSORS);
    const operation = { origin, sensors, batch: 1, window: 'unlimited' as const, viewers: [] };
    const steps = [{ method: 'GET' as const, path: PATH, status: 200 }];
    await run.load.prepare('get', { origin, steps, rows: [{}] }, 1);
    return [entryOf(...(await rounds(run, sockets, operation)))];
  },
};

/** @returns what came of the requests while nobody did anything else, and during the floods */
async function rounds(
  { load, plan }: Run,
  sockets: SocketLoad,
  operation: SocketOperation,
): Promise<[readonly Ran[], readonly Ran[]]> {
  const { rounds: count, sliceMs, warmUpMs, leftMs } = plan(3);
  await load.run('get', warmUpMs);
  const [idle, flooded]: [Ran[], Ran[]] = [[], []];
  while (idle.length < count && leftMs() > 0) {
    // What is left of the last flood is over before anything counts.
    await load.run('get', sliceMs);
    idle.push(await load.run('get', sliceMs));
    await sockets.prepare('flood', operation);
    const [during, sent] = await Promise.all([load.run('get', sliceMs), sockets.run('flood', sliceMs)]);
    await sockets.leave('flood');
    flooded.push({ ...during, failures: during.failures + sent.failures, failure: during.failure ?? sent.failure });
  }
  return [idle, flooded];
}

function entryOf(idle: readonly Ran[], flooded: readonly Ran[]): Entry {
  const failure = [...idle, ...flooded].find(({ failures }) => failures > 0)?.failure;
  return compareFigures(
    { name: NAME, goal: GOAL, contestant: 'idle median', unit: 'ms at p99' },
    flooded.map(({ p99Ms }) => p99Ms),
    idle.map(({ medianMs }) => medianMs),
    [...tooFew('ours', flooded.length), ...(failure === undefined ? [] : [`something failed (${failure})`])],
  );
}
