// Loaded into a Node server that is measured: tells on request what the process has used and how long its loop was busy, or
// how much memory it needs, and ends when nobody is there any more to ask.
import { performance } from 'node:perf_hooks';

/** What V8 holds when the rubbish is gone, where that can be told to go. */
function memory() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', (message) => {
  if (message?.type === 'memory') process.send?.({ type: 'remembered', bytes: memory() });
  if (message?.type !== 'probe') return;
  const { user, system } = process.cpuUsage();
  const { active } = performance.eventLoopUtilization();
  process.send?.({ type: 'probed', cpuMicros: user + system, busyMs: active });
});
process.once('disconnect', () => process.exit());
// The channel alone does not keep the server alive.
process.channel?.unref();
