import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

import type { ProcessEnvironment } from './demo-environment.js';

/** How one server of the demo is started. */
export interface ServerStart {
  /** As the operator knows it: `authorization server`. */
  readonly name: string;
  /** The built entry point. */
  readonly script: string;
  readonly environment: ProcessEnvironment;
  /** Where its log goes; its working folder is there too, so that it finds no `.env` of other servers. */
  readonly logFile: string;
}

/** Longer than a process takes to finish its requests before it ends by itself. */
const LAST_RESORT_MS = 12_000;

/** Settings that would lead a server of the demo to what is not the demo's. */
const FOREIGN = ['DATABASE_URL', 'SECRET_KEY', 'LEGACY_CONFIG', 'RESOURCE_SERVERS'];

/** A server of the demo, running as a process of its own. It ends with the launcher, however that ends. */
export class ServerProcess {
  /** Resolves when the process has ended, with how. */
  readonly ended: Promise<string>;
  /** Rejects when the process ended before it listened, with what it said on standard error. */
  readonly listening: Promise<void>;
  readonly name: string;
  private readonly child: ChildProcess;
  private lastWords = '';

  constructor({ name, script, environment, logFile }: ServerStart) {
    this.name = name;
    const log = openSync(logFile, 'a', 0o600);
    this.child = fork(script, [], {
      cwd: dirname(logFile),
      env: { ...inherited(), ...environment },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', log, 'pipe', 'ipc'],
    });
    closeSync(log);
    const kill = (): void => {
      this.child.kill('SIGKILL');
    };
    process.once('exit', kill);
    this.ended = new Promise((resolve) => {
      // Not `exit`: what it said last is still to be read then.
      this.child.once('close', (code, signal) => {
        process.off('exit', kill);
        resolve(signal ?? `exit code ${code ?? 'unknown'}`);
      });
    });
    this.listening = this.begin();
    // Whoever does not wait for it still waits for the end.
    this.listening.catch(() => undefined);
  }

  /** Tells the process that the demo world is complete, so that it calls itself ready. */
  seeded(): void {
    if (this.child.connected) this.child.send({ type: 'seeded' });
  }

  /** Asks the process to end, waits for it, and ends it when it does not. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const last = setTimeout(() => this.child.kill('SIGKILL'), LAST_RESORT_MS);
    await this.ended;
    clearTimeout(last);
  }

  /** Keeps what the process says until it listens, because it may be why it does not; passes it on afterwards. */
  private begin(): Promise<void> {
    const { stderr } = this.child;
    const keep = (words: Buffer): void => {
      this.lastWords += words.toString();
    };
    stderr?.on('data', keep);
    return new Promise((resolve, reject) => {
      this.child.on('message', (message) => {
        if (!isListening(message)) return;
        stderr?.off('data', keep);
        process.stderr.write(this.lastWords);
        stderr?.pipe(process.stderr, { end: false });
        resolve();
      });
      void this.ended.then((how) => {
        reject(new Error(this.lastWords.trim() || `The ${this.name} did not start (${how}).`));
      });
    });
  }
}

/** The settings of the machine and its operator, without those that are about other servers. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)));
}

function isListening(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'listening';
}
