// Loaded before an entry point of the built output: says what to do when there is none.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/main.js', import.meta.url))) {
  process.stderr.write('There is no built output: run `npm run build` first.\n');
  process.exit(1);
}
