import { BARE_SOCKETS, startBareSockets } from '../contestants/bare-sockets.js';
import { startServers } from '../contestants/resource-server.js';
import { sensorsOf } from '../contestants/sensors.js';
import type { Line, Run } from '../line.js';
import { type Contender, measureInTurns } from '../measure/rounds.js';
import { typescript } from '../measure/started-process.js';
import { compare } from '../report/compare.js';
import { SocketLoad } from '../sockets/socket-load.js';
import type { SocketOperation } from '../sockets/socket-operation.js';

const SENSORS = 16;
/** What is sent, by the name of the result: how many measurements a message has, and how many messages are under way. */
const SHAPES = [
  { name: 'ingest/single', goal: '>=0.4', batch: 1, window: 100 },
  { name: 'ingest/batch', goal: '>=0.5', batch: 50, window: 20 },
] as const;

/**
 * Measurements over sockets, authorized, checked and acknowledged, against bare socket.io that acknowledges the same. Neither
 * keeps them: what storing takes is another line.
 */
export const ingest: Line = {
  name: 'ingest',
  about:
    'measurements over socket.io, one or 50 in a message, authorized and checked, against bare socket.io with the same acknowledgement',
  goals: Object.fromEntries(SHAPES.map(({ name, goal }) => [name, goal])),
  async measure(run) {
    const contenders = await contendersOf(run);
    const slices = await measureInTurns(await SocketLoad.start(run), contenders, run.plan(contenders.length));
    const what = { contestant: BARE_SOCKETS, unit: 'samples/s', figure: ({ rate }: { rate: number }) => rate };
    return SHAPES.map(({ name, goal }, index) =>
      compare({ ...what, name, goal }, slices[2 * index] ?? [], slices[2 * index + 1] ?? []),
    );
  },
};

async function contendersOf(run: Run): Promise<readonly Contender<SocketOperation>[]> {
  const words = typescript(new URL('../contestants/forgetful-store.process.ts', import.meta.url));
  const { resourceServer, world } = await startServers(run, { words });
  const bare = await startBareSockets(run);
  const contenders: Contender<SocketOperation>[] = [];
  for (const { name, batch, window } of SHAPES) {
    const operation = { sensors: await sensorsOf(world, SENSORS), batch, window, viewers: [] };
    const { origin, process } = resourceServer;
    contenders.push({ name: `${name} ours`, operation: { ...operation, origin }, meter: process.meter });
    contenders.push({ name: `${name} bare`, operation: { ...operation, origin: bare.origin }, meter: bare.meter });
  }
  return contenders;
}
