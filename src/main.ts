import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseDemoOptions, USAGE, UsageError } from './demo/demo-options.js';
import { launch } from './demo/launch.js';

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    ending.abort();
  });
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${USAGE}\n`);
  else {
    await launch(options, {
      scripts: dirname(fileURLToPath(import.meta.url)),
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
