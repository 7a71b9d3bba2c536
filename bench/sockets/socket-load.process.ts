// The load generator of sockets: sensors that send, viewers that see.
import { quantile } from '../report/statistics.js';
import type { Ran } from '../measure/load.js';
import { opened } from './opened.js';
import { SensorSocket, type Sent } from './sensor-socket.js';
import type { SocketOperation } from './socket-operation.js';
import { ViewerSocket } from './viewer-socket.js';

type Order =
  | { readonly type: 'prepare'; readonly name: string; readonly operation: SocketOperation }
  | { readonly type: 'run'; readonly name: string; readonly milliseconds: number }
  | { readonly type: 'leave'; readonly name: string };

interface Sockets {
  readonly sensors: readonly SensorSocket[];
  readonly viewers: readonly ViewerSocket[];
}

const sockets = new Map<string, Sockets>();

async function prepare(name: string, { origin, sensors, viewers, ...how }: SocketOperation): Promise<void> {
  sockets.set(name, {
    viewers: await opened(viewers, (handshake) => ViewerSocket.open(origin, handshake)),
    sensors: await opened(sensors, (handshake) => SensorSocket.open(origin, handshake, how)),
  });
}

async function run(name: string, milliseconds: number): Promise<Ran> {
  const { sensors, viewers } = sockets.get(name) ?? { sensors: [], viewers: [] };
  for (const viewer of viewers) viewer.counted();
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  for (const sensor of sensors) sensor.begin();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const sent = await Promise.all(sensors.map((sensor) => sensor.end()));
  const took = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  const seen = viewers.map((viewer) => viewer.counted());
  const messages = seen.reduce((sum, viewer) => sum + viewer.messages, 0);
  const failures = seen.flatMap(({ failure }) => failure ?? []);
  return {
    ...ranOf(sent, failures),
    ...(viewers.length > 0 && { operations: messages }),
    milliseconds: took,
    loadBusy: (user + system) / 1000 / took,
  };
}

function ranOf(sent: readonly Sent[], seen: readonly string[]): Omit<Ran, 'milliseconds' | 'loadBusy'> {
  const latencies = sent.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  return {
    operations: sent.reduce((sum, { stored }) => sum + stored, 0),
    failures: seen.length + sent.reduce((sum, { failures }) => sum + failures, 0),
    failure: seen[0] ?? sent.find(({ failure }) => failure !== undefined)?.failure,
    medianMs: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

async function leave(name: string): Promise<void> {
  const { sensors, viewers } = sockets.get(name) ?? { sensors: [], viewers: [] };
  sockets.delete(name);
  await Promise.all([...sensors, ...viewers].map((socket) => socket.close()));
}

async function obey(order: Order): Promise<object> {
  try {
    if (order.type === 'run') return { type: 'ran', ...(await run(order.name, order.milliseconds)) };
    await (order.type === 'prepare' ? prepare(order.name, order.operation) : leave(order.name));
    return { type: 'done' };
  } catch (error) {
    return { type: 'done', problem: String(error) };
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
// Nothing else keeps it alive.
process.channel?.ref();
process.send?.({ type: 'listening' });
