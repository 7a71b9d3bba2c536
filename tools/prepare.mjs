// After `npm ci` the built output is there, so that `npm start` is quick. Without the development dependencies
// (`npm ci --omit=dev`) there is no compiler and nothing to do: an installed package brings its built output.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function installed(name) {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

if (['@nestjs/cli', 'typescript', 'vite'].every(installed)) {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', shell: true });
  process.exit(status ?? 1);
}
