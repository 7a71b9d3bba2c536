// The load generator: does operations over and over, each of its connections one request at a time.
import { performance } from 'node:perf_hooks';

import { Lane } from './lane.js';
import type { Operation } from './operation.js';
import { quantile } from '../report/statistics.js';

interface Prepare {
  readonly type: 'prepare';
  readonly name: string;
  readonly operation: Operation;
  readonly connections: number;
}

interface Run {
  readonly type: 'run';
  readonly name: string;
  readonly milliseconds: number;
}

const lanes = new Map<string, readonly Lane[]>();

/** Gives each connection rows of its own. */
function prepare({ name, operation, connections }: Prepare): void {
  const count = Math.min(connections, operation.rows.length);
  lanes.set(
    name,
    Array.from({ length: count }, (_, lane) => {
      return new Lane({ ...operation, rows: operation.rows.filter((_row, index) => index % count === lane) });
    }),
  );
}

async function run({ name, milliseconds }: Run): Promise<object> {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const done = await Promise.all((lanes.get(name) ?? []).map((lane) => lane.run(begin + milliseconds)));
  const took = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  const latencies = done.flatMap((lane) => lane.latenciesMs).sort((a, b) => a - b);
  return {
    milliseconds: took,
    operations: latencies.length,
    failures: done.reduce((sum, lane) => sum + lane.failures, 0),
    failure: done.find((lane) => lane.failure !== undefined)?.failure,
    medianMs: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    loadBusy: (user + system) / 1000 / took,
  };
}

process.on('message', (message: Prepare | Run) => {
  if (message.type === 'prepare') {
    prepare(message);
    process.send?.({ type: 'prepared' });
  } else void run(message).then((result) => process.send?.({ type: 'ran', ...result }));
});
// Nothing else keeps it alive.
process.channel?.ref();
process.send?.({ type: 'listening' });
