// The load of a soak: sensors that send once a second, viewers that check what they get. Tells each minute what came of it.
import { quantile } from '../report/statistics.js';
import { opened } from '../sockets/opened.js';
import { SoakSensor } from './soak-sensor.js';
import { SoakViewer } from './soak-viewer.js';
import type { SoakLoad } from './soak-load.js';

type Order =
  | { readonly type: 'open'; readonly load: SoakLoad }
  | { readonly type: 'run'; readonly milliseconds: number }
  | { readonly type: 'result' };

const SECOND_MS = 1_000;
const TICK_MS = 5;
/** How long what is under way at the end may take. */
const PATIENCE_MS = 10_000;

let sensors: readonly SoakSensor[] = [];
let viewers: readonly SoakViewer[] = [];
let begin: number | undefined;
let sent = 0;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function open({ origin, sensors: ofSensors, viewers: ofViewers }: SoakLoad): Promise<object> {
  viewers = await opened(ofViewers, (handshake) => SoakViewer.open(origin, handshake));
  sensors = await opened(ofSensors, (handshake) => SoakSensor.open(origin, handshake));
  return { type: 'done' };
}

/** The sensors take turns, so that each sends once a second and all of them evenly. */
async function run(milliseconds: number): Promise<object> {
  begin ??= performance.now() - (sent / sensors.length) * SECOND_MS;
  const end = performance.now() + milliseconds;
  const cpu = process.cpuUsage();
  while (performance.now() < end) {
    const due = Math.floor(((performance.now() - begin) / SECOND_MS) * sensors.length);
    for (; sent < due; sent += 1) sensors[sent % sensors.length]?.send();
    await pause(TICK_MS);
  }
  const { user, system } = process.cpuUsage(cpu);
  const latencies = viewers.flatMap((viewer) => viewer.takeLatencies()).sort((a, b) => a - b);
  return {
    type: 'ran',
    acknowledged: sumOf(sensors.map(({ acknowledged }) => acknowledged.length)),
    delivered: sumOf(viewers.map(({ check }) => check.delivered)),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    longestMs: quantile(latencies, 1),
    loadBusy: (user + system) / 1000 / milliseconds,
  };
}

/** Waits for answers and deliveries that are under way, then tells everything. */
async function result(): Promise<object> {
  const late = performance.now() + PATIENCE_MS;
  const isPending = () => sensors.some(({ pending }) => pending > 0) || missedOf() > 0;
  while (isPending() && performance.now() < late) await pause(100);
  return {
    type: 'result',
    acknowledged: sensors.map(({ acknowledged }) => acknowledged),
    unacknowledged: sumOf(sensors.map(({ pending, refused }) => pending + refused)),
    missed: missedOf(),
    delivered: sumOf(viewers.map(({ check }) => check.delivered)),
    disordered: sumOf(viewers.map(({ check }) => check.disordered)),
    ended: [...sensors, ...viewers].flatMap((socket) => socket.ended ?? []),
  };
}

/** Viewers watch the first sensors: each of these has a heart rate of its own. */
function missedOf(): number {
  const acknowledged = new Map(sensors.map((sensor) => [sensor.resource, sensor.acknowledged.length]));
  return sumOf(viewers.map(({ resource, check }) => Math.max(0, (acknowledged.get(resource) ?? 0) - check.delivered)));
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

async function obey(order: Order): Promise<object> {
  switch (order.type) {
    case 'open':
      return open(order.load);
    case 'run':
      return run(order.milliseconds);
    case 'result':
      return result();
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
// Nothing else keeps it alive.
process.channel?.ref();
process.send?.({ type: 'listening' });
