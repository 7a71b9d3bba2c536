import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { Client } from 'pg';

import type { Account, PostgresPrograms } from './postgres-programs.js';

const ATTEMPTS = 3;
const PATIENCE_MS = 60_000;
const PAUSE_MS = 25;
const LOG_CHARACTERS = 4_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  log_min_messages: 'fatal',
  // Tests kill our own processes, never the server or the machine, so nothing is lost without a sync to the disk.
  fsync: 'off',
  full_page_writes: 'off',
};

type Settings = Readonly<Record<string, string>>;

/** A real PostgreSQL server for one test run, with a port and a directory of its own. */
export interface PostgresServer {
  /** Address of the database `postgres`, as an account that may do everything. */
  readonly url: string;
  /** A directory for other files of the test run, deleted with the server. */
  readonly scratchDirectory: string;
  /** Stops the server as a crash would: at once, whatever is under way. @returns once it answers nobody */
  crash(): Promise<void>;
  /** Starts it again after {@link crash}. @returns once it answers */
  comeBack(): Promise<void>;
  /** Stops the server and deletes its files. The same happens by itself when our process ends in another way. */
  stop(): Promise<void>;
}

/**
 * Makes a PostgreSQL server and starts it as `account`.
 *
 * @param settings other than a test's
 * @throws Error with the server's own words when it does not start
 */
export async function startPostgres(
  programs: PostgresPrograms,
  account: Account,
  settings: Settings = {},
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    const home = mkdtempSync(join(tmpdir(), 'pulsegate-test-'));
    try {
      chmodSync(home, 0o711); // lets the account through to its cluster
      return await startIn(home, bringWithinReach(programs, home), account, settings);
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      // Another process may have taken the port in the meantime.
      if (!(error instanceof ServerEndedError) || attempt === ATTEMPTS) throw error;
    }
  }
}

class ServerEndedError extends Error {
  override readonly name = 'ServerEndedError';
}

function bringWithinReach({ directory, withinReach }: PostgresPrograms, home: string): string {
  if (withinReach) return directory;
  const copy = join(home, 'postgresql');
  cpSync(dirname(directory), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

async function startIn(home: string, programs: string, account: Account, settings: Settings): Promise<PostgresServer> {
  const password = randomBytes(16).toString('hex');
  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const scratchDirectory = join(home, 'scratch');
  mkdirSync(scratchDirectory, { mode: 0o700 });
  const keeper = startKeeper(home, account, commands(programs, makeCluster(home, password, account), port, settings));
  try {
    await untilReady(url, keeper);
    return { url, scratchDirectory, ...pausing(url, keeper), stop: () => release(keeper) };
  } catch (error) {
    await release(keeper);
    throw error;
  }
}

interface Cluster {
  readonly directory: string;
  readonly passwordFile: string;
}

function makeCluster(home: string, password: string, { uid, gid }: Account): Cluster {
  const cluster = { directory: join(home, 'cluster'), passwordFile: join(home, 'password') };
  mkdirSync(cluster.directory, { mode: 0o700 });
  writeFileSync(cluster.passwordFile, password, { mode: 0o600 });
  if (uid === undefined || gid === undefined) return cluster;
  chownSync(cluster.directory, uid, gid);
  chownSync(cluster.passwordFile, uid, gid);
  return cluster;
}

/** What makes the cluster and what runs it. The locale is the one that compares text as SQLite does. */
function commands(
  programs: string,
  { directory, passwordFile }: Cluster,
  port: number,
  changes: Settings,
): readonly string[][] {
  const access = ['--username=postgres', '--auth=password', `--pwfile=${passwordFile}`];
  const settings = Object.entries({ ...SETTINGS, ...changes }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [
    [join(programs, 'initdb'), '-D', directory, ...access, '--no-sync', '--locale=C', '--encoding=UTF8'],
    [join(programs, 'postgres'), '-D', directory, '-p', String(port), ...settings],
  ];
}

interface Keeper {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  log: string;
}

/** In a session of its own, so that Ctrl-C reaches us alone and the server outlives the tests' last breath. */
function startKeeper(directory: string, account: Account, commands: readonly string[][]): Keeper {
  const script = join(import.meta.dirname, 'postgres-keeper.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify({ directory, account, commands })], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const keeper: Keeper = { process: child, ended: once(child, 'exit'), log: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    keeper.log = (keeper.log + text).slice(-LOG_CHARACTERS);
  });
  return keeper;
}

function pausing(url: string, keeper: Keeper): Pick<PostgresServer, 'crash' | 'comeBack'> {
  const tell = (word: string) => keeper.process.stdin?.write(word);
  return {
    async crash() {
      tell('stop');
      while (await accepts(url)) await setTimeout(PAUSE_MS);
    },
    async comeBack() {
      tell('start');
      await untilReady(url, keeper);
    },
  };
}

async function release({ process: child, ended }: Keeper): Promise<void> {
  child.stdin?.destroy();
  await ended;
}

async function untilReady(url: string, keeper: Keeper): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await accepts(url))) {
    if (keeper.process.exitCode !== null) throw new ServerEndedError(`PostgreSQL did not start:\n${keeper.log}`);
    if (performance.now() > deadline) throw new Error(`PostgreSQL did not start within ${PATIENCE_MS} ms.`);
    await setTimeout(PAUSE_MS);
  }
}

async function accepts(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  // A server that is starting may let it in and end it at once.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
