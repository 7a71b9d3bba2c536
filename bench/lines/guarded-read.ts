import { join } from 'node:path';

import { nodeOauthRead } from '../contestants/client-credentials.js';
import { FETCHABLE, fetchCommand } from '../contestants/fetch.js';
import { setUp } from '../contestants/http.js';
import { type Servers, startResourceServer, startServers } from '../contestants/resource-server.js';
import { rowsOf } from '../contestants/uma-operations.js';
import type { Line, Run } from '../line.js';
import { bearer } from '../measure/operation.js';
import { type Contender, measureInTurns, type Slice } from '../measure/rounds.js';
import { typescript } from '../measure/started-process.js';
import { compare } from '../report/compare.js';
import { type Entry, missingEntry } from '../report/entry.js';

const UNGUARDED = 'guarded-read/unguarded';
const EXAMPLE = 'guarded-read/node-oauth';
const GOALS: Readonly<Record<string, string>> = { [UNGUARDED]: '>=0.95', [EXAMPLE]: '>=4.5' };

/**
 * The newest heart rate with a token whose decision is remembered, against the same without a guard, and against the
 * protected route of the node-oauth example.
 */
export const guardedRead: Line = {
  name: 'guarded-read',
  about: 'guarded read of the newest heart rate, decision remembered',
  goals: GOALS,
  async measure(run) {
    const servers = await startServers(run);
    const contenders = [await guarded(servers), await unguarded(run, servers)];
    if (FETCHABLE['node-oauth'].isHere()) contenders.push(await nodeOauthRead(run));
    const [ours = [], open = [], example] = await measureInTurns(run.load, contenders, run.plan(contenders.length));
    return [entryOf(UNGUARDED, 'unguarded', ours, open), example ? entryOf(EXAMPLE, NAME, ours, example) : missing];
  },
};

const NAME = FETCHABLE['node-oauth'].name;
const missing = missingEntry(EXAMPLE, GOALS[EXAMPLE] ?? '', NAME, fetchCommand('node-oauth'));

async function guarded({ resourceServer, world }: Servers): Promise<Contender> {
  const { origin, process } = resourceServer;
  await setUp('POST', `${origin}/measurements`, {
    bearer: await world.sensor(),
    json: { heartRate: 72, timestamp: new Date().toISOString() },
  });
  await world.share();
  const rows = await rowsOf(async () => ({ rpt: await world.token(resourceServer) }));
  return { name: 'ours', operation: { origin, rows, steps: [readOf(world.path)] }, meter: process.meter };
}

/** Another instance of the resource server on the same database, with the route that has no guard. */
async function unguarded(run: Run, { server, resourceServer, world }: Servers): Promise<Contender> {
  const { origin, process } = await startResourceServer(run, server, {
    name: 'unguarded',
    url: resourceServer.origin,
    words: typescript(new URL('../contestants/unguarded.process.ts', import.meta.url)),
    environment: { DATA_DIR: join(run.folder, 'resource-server') },
  });
  const path = world.path.replace('latest', 'unguarded');
  // It looks at no token; it has to read one all the same, as the limits on requests do.
  const rows = await rowsOf(() => Promise.resolve({ rpt: 'token-of-the-benchmark-that-nobody-looks-at' }));
  return { name: 'unguarded', operation: { origin, rows, steps: [readOf(path)] }, meter: process.meter };
}

const readOf = (path: string) => ({
  method: 'GET' as const,
  path,
  headers: bearer('{rpt}'),
  status: 200,
  expect: '"heartRate":72',
});

function entryOf(name: string, contestant: string, ours: readonly Slice[], against: readonly Slice[]): Entry {
  const figure = ({ rate }: Slice): number => rate;
  return compare({ name, goal: GOALS[name] ?? '', contestant, unit: 'reads/s', figure }, ours, against);
}
