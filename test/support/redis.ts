import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { createClient } from '@redis/client';

import { Secret } from '../../src/common/secret.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { REDIS, requireProgram } from './system-programs.js';

/** A real Redis on a port of loopback, that keeps nothing on the disk. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    readonly port: number,
  ) {}

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer(await requireProgram(REDIS), await freePort());
    await redis.begin();
    return redis;
  }

  get url(): Secret {
    return new Secret(`redis://127.0.0.1:${this.port}`);
  }

  /** Starts it again, at the same address, with nothing in it. */
  async begin(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn(this.program, settings, { stdio: 'ignore' });
    await eventually(() => this.command('PING').then(...ANSWERED));
  }

  /** Ends it at once, as a crash would. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** It keeps its connections, and answers nothing. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async command(...words: readonly string[]): Promise<unknown> {
    const client = createClient({ url: this.url.reveal(), RESP: 2, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand([...words]);
    } finally {
      client.destroy();
    }
  }
}

const ANSWERED = [() => true, () => false] as const;
