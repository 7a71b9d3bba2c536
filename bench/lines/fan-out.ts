import { BARE_SOCKETS, startBareSockets } from '../contestants/bare-sockets.js';
import { startServers } from '../contestants/resource-server.js';
import { sensorsOf } from '../contestants/sensors.js';
import type { Line, Run } from '../line.js';
import { type Contender, measureInTurns } from '../measure/rounds.js';
import { compare } from '../report/compare.js';
import { SocketLoad } from '../sockets/socket-load.js';
import type { SocketOperation } from '../sockets/socket-operation.js';
import { STREAM_SCOPE } from '../contestants/shared-resource.js';

const NAME = 'fan-out';
const GOAL = '>=0.95';
const VIEWERS = 1_000;

/**
 * Measurements of one sensor to a thousand viewers, each with a token of its own that is looked at before each delivery,
 * against a bare room of socket.io. The sensor sends the next measurement when it has the answer to the last: between them
 * ours waits for others to share its commit, so what is compared is CPU time.
 */
export const fanOut: Line = {
  name: NAME,
  about: `one measurement after the other to ${VIEWERS.toLocaleString('en')} viewers, each with a token of its own, against a bare socket.io room, by CPU time`,
  goals: { [NAME]: GOAL },
  async measure(run) {
    const contenders = await contendersOf(run);
    const [ours = [], theirs = []] = await measureInTurns(await SocketLoad.start(run), contenders, run.plan(2));
    const what = { name: NAME, goal: GOAL, contestant: BARE_SOCKETS, unit: 'deliveries per CPU second' };
    return [compare({ ...what, figure: ({ cpuMicros }) => 1_000_000 / cpuMicros, mayRest: true }, ours, theirs)];
  },
};

async function contendersOf(run: Run): Promise<readonly Contender<SocketOperation>[]> {
  const { resourceServer, world } = await startServers(run);
  const bare = await startBareSockets(run, true);
  await world.share(STREAM_SCOPE);
  const tokens = await world.tokens(resourceServer, world.livePath, VIEWERS);
  const operation = {
    sensors: await sensorsOf(world, 1),
    viewers: tokens.map((token) => ({ resource: world.resourceId, token })),
    ...{ batch: 1, window: 1 },
  };
  const { origin, process } = resourceServer;
  return [
    { name: 'ours', operation: { ...operation, origin }, meter: process.meter },
    { name: BARE_SOCKETS, operation: { ...operation, origin: bare.origin }, meter: bare.meter },
  ];
}
