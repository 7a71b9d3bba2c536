import { setTimeout } from 'node:timers/promises';

import { BARE_SOCKETS, startBareSockets } from '../contestants/bare-sockets.js';
import { BUILT, startServers } from '../contestants/resource-server.js';
import { sensorsOf } from '../contestants/sensors.js';
import type { Line, Run } from '../line.js';
import type { StartedProcess } from '../measure/started-process.js';
import { compareFigures, FEWEST_ROUNDS, tooFew } from '../report/compare.js';
import { SocketLoad } from '../sockets/socket-load.js';
import type { SocketOperation } from '../sockets/socket-operation.js';

const NAME = 'socket-memory';
const GOAL = '<=1.25';
const SENSORS = 1_000;
/** How long a server may take to put away what sockets leave behind, in milliseconds. */
const SETTLING_MS = 500;

/** Who is measured, and the sockets that are opened there. */
interface Contender {
  readonly name: string;
  readonly process: StartedProcess;
  readonly operation: SocketOperation;
}

/** What a server keeps in memory for a sensor that is connected and has sent something. */
export const socketMemory: Line = {
  name: NAME,
  about: `memory for each of ${SENSORS.toLocaleString('en')} sensors that are connected and have sent a measurement, against bare socket.io`,
  goals: { [NAME]: GOAL },
  async measure(run) {
    const [ours, bare] = await contendersOf(run);
    const load = await SocketLoad.start(run);
    const [our, their]: [number[], number[]] = [[], []];
    while (our.length < FEWEST_ROUNDS && run.leftMs() > 0) {
      our.push(await bytesPerSocket(load, ours));
      their.push(await bytesPerSocket(load, bare));
    }
    const what = { name: NAME, goal: GOAL, contestant: BARE_SOCKETS, unit: 'bytes' };
    return [compareFigures(what, our, their, tooFew('ours', our.length))];
  },
};

async function contendersOf(run: Run): Promise<readonly [Contender, Contender]> {
  const { resourceServer, world } = await startServers(run, { words: ['--expose-gc', ...BUILT] });
  const bare = await startBareSockets(run);
  const sensors = await sensorsOf(world, SENSORS);
  const operation = { sensors, batch: 1, window: 1, viewers: [] };
  return [
    { name: 'ours', process: resourceServer.process, operation: { ...operation, origin: resourceServer.origin } },
    { name: BARE_SOCKETS, process: bare.process, operation: { ...operation, origin: bare.origin } },
  ];
}

async function bytesPerSocket(load: SocketLoad, { name, process, operation }: Contender): Promise<number> {
  const before = await process.memory();
  await load.prepare(name, operation);
  // Each sensor sends a measurement, or a few, and waits for the answer.
  const { operations } = await load.run(name, 0);
  if (operations < SENSORS) throw new Error(`${name} took ${operations} measurements of ${SENSORS}.`);
  await setTimeout(SETTLING_MS);
  const after = await process.memory();
  await load.leave(name);
  await setTimeout(SETTLING_MS);
  return (after - before) / SENSORS;
}
