import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

const APT_GET = '/usr/bin/apt-get';
/** Somebody else may be installing: how long to wait for the lock, in seconds. */
const APT_PATIENCE = ['-o', 'DPkg::Lock::Timeout=300'];

/** A program of the system that tests run. */
export interface SystemProgram {
  readonly path: string;
  /** Arguments with which it ends well when everything that the tests need of it is there. */
  readonly trial: readonly string[];
  /** Debian's packages that bring it. */
  readonly packages: readonly string[];
}

/** Python with a socket.io client: the one that `PYTHON_PATH` names, else Debian's. */
export const PYTHON: SystemProgram = {
  path: process.env['PYTHON_PATH'] ?? '/usr/bin/python3',
  trial: ['-c', 'import socketio, requests, websocket'],
  packages: ['python3-socketio', 'python3-requests', 'python3-websocket'],
};

/** The one that `CURL_PATH` names, else Debian's. */
export const CURL: SystemProgram = {
  path: process.env['CURL_PATH'] ?? '/usr/bin/curl',
  trial: ['--version'],
  packages: ['curl'],
};

/** The one that `NGINX_PATH` names, else Debian's. */
export const NGINX: SystemProgram = {
  path: process.env['NGINX_PATH'] ?? '/usr/sbin/nginx',
  trial: ['-v'],
  packages: ['nginx'],
};

/** The one that `REDIS_SERVER_PATH` names, else Debian's. */
export const REDIS: SystemProgram = {
  path: process.env['REDIS_SERVER_PATH'] ?? '/usr/bin/redis-server',
  trial: ['--version'],
  packages: ['redis-server'],
};

/** Sets the limits of processes that run: of util-linux, which every Debian has. */
export const PRLIMIT: SystemProgram = {
  path: '/usr/bin/prlimit',
  trial: ['--version'],
  packages: ['util-linux'],
};

/** Installs packages of the system. */
export type Install = (packages: readonly string[]) => Promise<void>;

/** On Debian, and as root; elsewhere nothing is installed. */
export const installOnDebian: Install | undefined =
  process.getuid?.() === 0 && existsSync(APT_GET) ? aptInstall : undefined;

/**
 * Makes sure that a program is there.
 *
 * @param install brings what is missing, if that can be done here
 * @returns its path
 * @throws Error that says what is missing, and what brings it
 */
export async function requireProgram(program: SystemProgram, install = installOnDebian): Promise<string> {
  const { path, trial, packages } = program;
  const first = await faultOf(path, trial);
  if (first === undefined) return path;
  const failure = await install?.(packages).then(() => undefined, String);
  const last = install === undefined ? first : await faultOf(path, trial);
  if (last === undefined) return path;
  throw new Error(
    [
      `The tests need ${path}, which has to run ${trial.join(' ')}: apt-get install ${packages.join(' ')}`,
      last,
      failure,
    ]
      .filter((line) => line !== undefined)
      .join('\n'),
  );
}

async function faultOf(path: string, trial: readonly string[]): Promise<string | undefined> {
  return run(path, [...trial]).then(() => undefined, String);
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 2 ** 25 };
  await run(APT_GET, [...APT_PATIENCE, 'update'], options);
  await run(APT_GET, [...APT_PATIENCE, 'install', '--yes', '--no-install-recommends', ...packages], options);
}
