import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { freePort } from '../../tools/free-port.mjs';
import type { Run } from '../line.js';
import { onCore } from '../measure/cores.js';

const PROGRAMS = ['redis-server', 'valkey-server'];
const PATIENCE_MS = 10_000;

/** Starts Redis or Valkey, whichever is installed. @returns its address, as `REDIS_URL`; nothing when there is neither */
export async function startRedis({ folder, cores, later }: Run): Promise<string | undefined> {
  const program = PROGRAMS.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (program === undefined) return undefined;
  const [port, directory] = [await freePort(), join(folder, 'redis')];
  mkdirSync(directory);
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--daemonize',
    'no',
  ];
  const [command = '', ...words] = [...onCore(cores.server), program, ...settings];
  const server = spawn(command, words, { stdio: 'ignore' });
  const end = (): void => void server.kill('SIGTERM');
  process.once('exit', end);
  const ended = once(server, 'close').then(() => process.off('exit', end));
  later(() => {
    end();
    return ended;
  });
  await untilOpen(port);
  return `redis://127.0.0.1:${port}`;
}

async function untilOpen(port: number): Promise<void> {
  const late = performance.now() + PATIENCE_MS;
  while (!(await isOpen(port))) {
    if (performance.now() > late) throw new Error('Redis does not answer.');
    await setTimeout(20);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(port, '127.0.0.1');
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => {
      resolve(false);
    });
  });
}
