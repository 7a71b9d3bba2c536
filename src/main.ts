import { resolve } from 'node:path';

import { parseDemoOptions, USAGE, UsageError } from './demo/demo-options.js';
import { launch } from './demo/launch.js';

/** One press of Ctrl-C may come twice: from the terminal, and passed on by npm. */
const ONE_PRESS_MS = 500;

const ending = new AbortController();
let endedAtMs = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const nowMs = performance.now();
    if (nowMs - endedAtMs > ONE_PRESS_MS) process.exit(1);
    endedAtMs = Math.min(endedAtMs, nowMs);
    ending.abort();
  });
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${USAGE}\n`);
  else {
    await launch(options, {
      scripts: import.meta.dirname,
      dataFolder: resolve(process.env['DATA_DIR'] ?? '.data'),
      say: (line) => process.stdout.write(`${line}\n`),
      signal: ending.signal,
    });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`${USAGE}\n`);
  process.exitCode = 1;
}
