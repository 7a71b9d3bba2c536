import { join } from 'node:path';

import { setUp } from '../contestants/http.js';
import {
  type ResourceServer,
  type Servers,
  startResourceServer,
  startServers,
  untilTold,
} from '../contestants/resource-server.js';
import { rowsOf } from '../contestants/uma-operations.js';
import type { Line, Run } from '../line.js';
import { bearer } from '../measure/operation.js';
import { type Contender, measureInTurns } from '../measure/rounds.js';
import { typescript } from '../measure/started-process.js';
import { compare } from '../report/compare.js';

const NAME = 'buckets';
const GOAL = '<=0.15';
const DAY_SECONDS = 86_400;
const MESSAGE = 1_000;
/** A day has 480 buckets of these: the most below 500 into which it can be divided. */
const BUCKET_MINUTES = 3;
/** Long over, so that nothing of it is still to come. */
const BEGIN_MS = Date.UTC(2026, 0, 1);

/** A day of one sensor in 480 buckets, from the minutes that were added up, against the same from the samples. */
export const buckets: Line = {
  name: NAME,
  about: 'a day of samples, one each second, in 480 buckets, against the same query over the samples; CPU time',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const servers = await startServers(run);
    await fillADay(servers);
    await servers.world.share();
    const [ours = [], theirs = []] = await measureInTurns(run.load, await contendersOf(run, servers), run.plan(2));
    const what = { name: NAME, goal: GOAL, contestant: 'over the samples', unit: 'µs of CPU' };
    return [compare({ ...what, figure: ({ cpuMicros }) => cpuMicros }, ours, theirs)];
  },
};

async function fillADay({ resourceServer: { origin }, world }: Servers): Promise<void> {
  const credential = await world.sensor();
  for (let at = 0; at < DAY_SECONDS; at += MESSAGE) {
    const json = Array.from({ length: Math.min(MESSAGE, DAY_SECONDS - at) }, (_, index) => ({
      heartRate: 60 + ((at + index) % 60),
      timestamp: new Date(BEGIN_MS + (at + index) * 1000).toISOString(),
    }));
    await setUp('POST', `${origin}/measurements`, { bearer: credential, json });
  }
}

async function contendersOf(run: Run, { server, resourceServer, world }: Servers): Promise<readonly Contender[]> {
  const overSamples = await startResourceServer(run, server, {
    name: 'over-samples',
    url: resourceServer.origin,
    words: typescript(new URL('../contestants/samples.process.ts', import.meta.url)),
    environment: { DATA_DIR: join(run.folder, 'resource-server') },
  });
  await untilTold(overSamples);
  const [from, to] = [BEGIN_MS, BEGIN_MS + DAY_SECONDS * 1000].map((ms) => new Date(ms).toISOString());
  const rows = await rowsOf(async () => ({ rpt: await world.token(resourceServer) }));
  const contender = (name: string, { origin, process }: ResourceServer, query: string): Contender => {
    const path = world.path.replace('latest', `${query}&from=${from ?? ''}&to=${to ?? ''}`);
    const last = `"start":"2026-01-01T23:57:00`;
    const steps = [{ method: 'GET' as const, path, headers: bearer('{rpt}'), status: 200, expect: last }];
    return { name, operation: { origin, rows, steps }, meter: process.meter };
  };
  return [
    contender('ours', resourceServer, `summary?bucket=PT${BUCKET_MINUTES}M`),
    contender('over the samples', overSamples, `summary-of-samples?minutes=${BUCKET_MINUTES}`),
  ];
}
