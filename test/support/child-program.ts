import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { eventually } from './eventually.js';

/** A program that is handed to its interpreter, and runs until it ends by itself or is ended. */
export class ChildProgram {
  /** Everything that it wrote, complaints included. */
  output = '';
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;

  /** @param interpreter with its arguments: reads the program from its standard input */
  constructor(
    [command = '', ...args]: readonly string[],
    program: string,
    environment: Readonly<Record<string, string>>,
  ) {
    const env = { PATH: process.env['PATH'], PYTHONUNBUFFERED: '1', NODE_NO_WARNINGS: '1', ...environment };
    this.child = spawn(command, args, { env, stdio: 'pipe' });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (words: Buffer) => {
        this.output += words.toString();
      });
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    this.child.stdin?.end(program);
  }

  /** Waits until its output shows something. @throws Error when it ends before */
  async shows(pattern: RegExp): Promise<void> {
    let over = false;
    void this.ended.finally(() => (over = true));
    await eventually(() => {
      if (pattern.test(this.output)) return true;
      if (over) throw new Error(`The program ended without ${String(pattern)}: ${this.output}`);
      return false;
    });
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
