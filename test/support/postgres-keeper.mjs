// Keeps a PostgreSQL server for a test run: carries out `commands` one after the other, the last of them the server.
// When the run is over it ends the command that runs and deletes `directory`. It learns of that by the end of its
// standard input, which comes however the run ended, be it by Ctrl-C or kill -9.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

const { directory, account, commands } = JSON.parse(process.argv[2]);
let running;
let over = false;

process.stdin.resume().once('close', () => {
  over = true;
  running?.kill('SIGQUIT'); // PostgreSQL's immediate shutdown
});

try {
  for (const [program, ...options] of commands) {
    if (over) break;
    running = spawn(program, options, { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(running, 'exit');
    if (code !== 0) break;
  }
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
process.exit();
