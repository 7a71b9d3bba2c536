import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { onCore } from './cores.js';
import type { Meter, Reading } from './meter.js';

/** How a process of ours is started. */
export interface ProcessStart {
  readonly name: string;
  /** Words for Node: options, the script and its arguments. */
  readonly words: readonly string[];
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Where its log goes; it works there too when nothing else is said. */
  readonly folder: string;
  readonly workingFolder?: string;
  readonly core: number | undefined;
}

/** A message of a process: that it serves, with what it has to tell, or an answer to a question. */
export type Message = Readonly<Record<string, unknown>>;

const LAST_WORDS = 2_000;
const LONGEST_START_MS = 90_000;
const LONGEST_END_MS = 12_000;
const TYPESCRIPT = new URL('../../tools/typescript.mjs', import.meta.url).href;
const PROBE = new URL('./probe.mjs', import.meta.url).href;

/** Words for Node that run TypeScript as it stands. */
export function typescript(file: URL): readonly string[] {
  return ['--import', TYPESCRIPT, fileURLToPath(file)];
}

/** A Node process that is measured, or that measures. It ends with us, however we end. */
export class StartedProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<unknown>,
    /** Where what it says is written down. */
    readonly logFile: string,
    /** What it said when it was ready. */
    readonly told: Message,
  ) {}

  /** @throws Error with its last words when it ends, or does not say in time that it serves */
  static async start({ name, words, environment, folder, workingFolder, core }: ProcessStart): Promise<StartedProcess> {
    const logFile = join(folder, `${name}.log`);
    const log = openSync(logFile, 'a', 0o600);
    const [command = '', ...rest] = [...onCore(core), process.execPath, '--import', PROBE, ...words];
    const child = spawn(command, rest, {
      cwd: workingFolder ?? folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const end = (): void => void child.kill('SIGTERM');
    process.once('exit', end);
    const ended = once(child, 'close').then(() => process.off('exit', end));
    try {
      return new StartedProcess(child, ended, logFile, await listening(child));
    } catch (error) {
      await stop(child, ended);
      const lastWords = readFileSync(logFile, 'utf8').slice(-LAST_WORDS);
      throw new Error(`${name} did not start. It said: ${lastWords}`, { cause: error });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has used so far, by its own account. */
  readonly meter: Meter = async () => (await this.ask({ type: 'probe' }, 'probed')) as unknown as Reading;

  /** What it holds in memory, in bytes, after a collection of garbage when it was started with `--expose-gc`. */
  async memory(): Promise<number> {
    return (await this.ask({ type: 'memory' }, 'remembered'))['bytes'] as number;
  }

  /** Sends a message. @returns the next one of a type that comes back */
  ask(message: object, type: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        reject(new Error('A process ended while it was measured.'));
      };
      const take = (answer: unknown): void => {
        if (!isMessage(answer, type)) return;
        this.child.off('message', take).off('close', fail);
        resolve(answer);
      };
      this.child.on('message', take).once('close', fail);
      this.child.send(message);
    });
  }

  stop(): Promise<void> {
    return stop(this.child, this.ended);
  }
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
  await ended;
  clearTimeout(last);
}

function listening(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error('It took too long.'));
    }, LONGEST_START_MS);
    child.once('close', () => {
      clearTimeout(late);
      reject(new Error('It ended.'));
    });
    child.on('message', (message) => {
      if (!isMessage(message, 'listening')) return;
      clearTimeout(late);
      resolve(message);
    });
  });
}

function isMessage(message: unknown, type: string): message is Message {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
