// Keeps a PostgreSQL server for a test run: carries out `commands` one after the other, the last of them the server.
// When the run is over it ends the command that runs and deletes `directory`. It learns of that by the end of its
// standard input, which comes however the run ended, be it by Ctrl-C or kill -9. Before that each word there stops the
// server as a crash would, or starts it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

const { directory, account, commands } = JSON.parse(process.argv[2]);
let running;
let over = false;
/** Of a server that was stopped for a while: until it is started again. */
let pause;
let endPause;

const stop = () => running?.kill('SIGQUIT'); // PostgreSQL's immediate shutdown

process.stdin.on('data', (word) => {
  if (word.toString() === 'start') return endPause?.();
  pause = new Promise((resolve) => (endPause = resolve));
  stop();
});
process.stdin.once('close', () => {
  over = true;
  endPause?.();
  stop();
});

try {
  for (const command of commands) {
    if (over || (await run(command)) !== 0) break;
  }
  while (pause !== undefined) {
    await pause;
    pause = undefined;
    if (!over) await run(commands.at(-1));
  }
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
process.exit();

async function run([program, ...options]) {
  running = spawn(program, options, { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(running, 'exit');
  return code;
}
