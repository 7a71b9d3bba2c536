// Loaded into a Node server that is measured: tells on request what the process has used and how long its loop was busy,
// and ends when nobody is there any more to ask.
import { performance } from 'node:perf_hooks';

process.on('message', (message) => {
  if (message?.type !== 'probe') return;
  const { user, system } = process.cpuUsage();
  const { active } = performance.eventLoopUtilization();
  process.send?.({ type: 'probed', cpuMicros: user + system, busyMs: active });
});
process.once('disconnect', () => process.exit());
// The channel alone does not keep the server alive.
process.channel?.unref();
