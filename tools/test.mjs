// `npm test`: everything that must pass. It provides what the tests need beyond npm, builds, and runs every suite.
// Words after `npm test --` go to Jest as they are.
import { spawnSync } from 'node:child_process';

import { provideBrowser } from './browser.mjs';

function run(command, words, environment = {}) {
  const { status } = spawnSync(command, words, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exit(status ?? 1);
}

try {
  const CHROMIUM_PATH = provideBrowser();
  run('npm', ['run', '--silent', 'build']);
  const reporters = ['--reporters=default', '--reporters=./tools/jest-closing-line.mjs'];
  const words = process.argv.slice(2);
  // process.execPath, not npx: the suite runs on the Node that was asked for, also when that is not the one on the PATH.
  run(process.execPath, ['node_modules/jest/bin/jest.js', '--silent', '--coverage', ...reporters, ...words], {
    CHROMIUM_PATH,
    NODE_ENV: 'test',
  });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
