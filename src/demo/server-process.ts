import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';

import type { ProcessEnvironment } from './demo-environment.js';

/** How one server of the demo is started. */
export interface ServerStart {
  /** As the operator knows it: `authorization server`. */
  readonly name: string;
  /** The built entry point. */
  readonly script: string;
  readonly environment: ProcessEnvironment;
  /** Where its log goes; what it writes to standard error is shown. */
  readonly logFile: string;
}

/** Longer than a process takes to finish its requests before it ends by itself. */
const LAST_RESORT_MS = 12_000;

/** A server of the demo, running as a process of its own. */
export class ServerProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Starts a server and waits until it listens.
   *
   * @throws Error when it ends before it listens; it has said why on standard error
   */
  static async start({ name, script, environment, logFile }: ServerStart): Promise<ServerProcess> {
    const log = openSync(logFile, 'a', 0o600);
    const child = fork(script, [], {
      env: { ...inherited(), ...environment },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', log, 'inherit', 'ipc'],
    });
    const server = new ServerProcess(name, child);
    const listening = new Promise<void>((resolve) => {
      child.on('message', (message) => {
        if (isListening(message)) resolve();
      });
    });
    const ended = server.ended().then((how) => {
      throw new Error(`The ${name} did not start (${how}).`);
    });
    await Promise.race([listening, ended]);
    return server;
  }

  /** Tells the process that the demo world is complete, so that it calls itself ready. */
  seeded(): void {
    this.child.send({ type: 'seeded' });
  }

  /** Resolves when the process has ended, with how. */
  async ended(): Promise<string> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`;
  }

  /** Asks the process to end, waits for it, and ends it when it does not. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    this.child.kill('SIGTERM');
    const last = setTimeout(() => this.child.kill('SIGKILL'), LAST_RESORT_MS);
    await this.ended();
    clearTimeout(last);
  }
}

/** What a child needs of our own environment: the machine's settings, none of another Pulsegate. */
function inherited(): NodeJS.ProcessEnv {
  const kept = /^(?:PATH|HOME|LANG|LC_.*|TZ|TMPDIR|NODE_.*|LOG_LEVEL|.*_PROXY|.*_proxy|RATE_LIMIT_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name)));
}

function isListening(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'listening';
}
