import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { exchange } from '../http/exchange.js';
import { eventually } from '../suite/eventually.js';

const LONGEST_START_SECONDS = 30;
const LAST_RESORT_MS = 10_000;

/** A process under test, started by the suite and ended with it. */
export class StartedProcess {
  /** Everything it wrote to standard output and standard error. */
  output = '';
  private readonly child: ChildProcess;

  /**
   * @param command the program and its words
   * @param environment all that it finds in its environment besides the machine's own PATH
   */
  constructor(command: readonly string[], folder: string, environment: Readonly<Record<string, string>>) {
    const [program = '', ...words] = command;
    const { PATH } = process.env;
    this.child = spawn(program, words, {
      cwd: folder,
      env: { ...(PATH !== undefined && { PATH }), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (words_: Buffer) => {
        this.output += words_.toString();
      });
    }
    process.once('exit', () => this.child.kill('SIGKILL'));
  }

  /** Waits until an address answers 200. @throws Error with its last words when it ends before, or takes too long */
  async answers(url: string): Promise<void> {
    const isUp = async (): Promise<boolean> => {
      if (this.child.exitCode !== null) throw this.failure();
      const status = await exchange('GET', url).then(
        (answer) => answer.status,
        () => 0,
      );
      return status === 200;
    };
    if (!(await eventually(LONGEST_START_SECONDS, isUp))) throw this.failure();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const last = setTimeout(() => this.child.kill('SIGKILL'), LAST_RESORT_MS);
    await ended;
    clearTimeout(last);
  }

  private failure(): Error {
    return new Error(`The process under test did not start. It said: ${this.output.slice(-400)}`);
  }
}
