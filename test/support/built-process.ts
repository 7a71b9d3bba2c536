import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { request } from 'undici';

import { eventually } from './eventually.js';

/** How a script of `package.json` is run. */
export interface BuiltProcessOptions {
  /** The working folder, whose `.env` is read. */
  readonly folder: string;
  /** The folder of the `package.json`; that of the repository when left out. */
  readonly home?: string;
  /** What follows `--` after `npm run`. */
  readonly words?: readonly string[];
  /** Everything that the process finds in its environment, beside the machine's `PATH`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process from the built output, started with the command of a script of `package.json`, as npm does. */
export class BuiltProcess {
  /** Everything it wrote to standard output. */
  output = '';
  /** Everything it wrote to standard error. */
  complaints = '';
  /** How it ended: the exit code, or the signal. */
  readonly ended: Promise<number | string>;
  readonly pid: number;
  private readonly child: ChildProcess;

  /** @param script as in `package.json`: `start:client` */
  constructor(script: string, { folder, home = '.', words = [], environment = {} }: BuiltProcessOptions) {
    const [program = '', ...rest] = commandOf(script, home);
    this.child = spawn(program, [...rest, ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (words: Buffer) => {
      this.output += words.toString();
    });
    this.child.stderr?.on('data', (words: Buffer) => {
      this.complaints += words.toString();
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    this.pid = this.child.pid ?? 0;
  }

  /** Whether it has not ended yet. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until a condition holds. @throws Error when the process ends before */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(async () => {
      if (!this.runs) throw new Error(`The process has ended: ${this.output}${this.complaints}`);
      return holds();
    });
  }

  /** Waits until an address answers 200. @throws Error when the process ends before */
  answers(url: string): Promise<void> {
    return this.until(() => isOk(url));
  }

  /** @returns how it ended */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** The words of a script, with the Node that runs the tests and with absolute paths. */
function commandOf(script: string, home: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(resolve(home, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const words = scripts[script]?.split(' ') ?? [];
  return words.map((word) => (word === 'node' ? process.execPath : /\.m?js$/.test(word) ? resolve(home, word) : word));
}

async function isOk(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
