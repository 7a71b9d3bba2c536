import { setTimeout } from 'node:timers/promises';

import { Logger } from '@nestjs/common';

import { backoffMs } from '../common/backoff.js';
import { News } from '../common/news.js';
import { randomId } from '../common/randomness.js';
import type { Secret } from '../common/secret.js';
import { BEGINNING, isBefore, RedisLink, type StreamEntry } from './redis-link.js';

/** How long one look for news waits for some, in milliseconds. */
const LOOK_MS = 1_000;
/** How long to wait at most before another attempt to connect, in milliseconds. */
const LONGEST_WAIT_MS = 2_000;

/** Who tells, on what topic, what. */
type Told = readonly [from: string, topic: string, message: unknown];

/**
 * News by a stream of Redis (or Valkey) that all instances write to and read. When the connection is lost, they are told
 * that they may have missed something; when it is back, each reads on where it was.
 */
export class RedisNews extends News {
  private readonly logger = new Logger(RedisNews.name);
  private readonly self = randomId();
  private readonly stopped = new AbortController();
  private readonly key: string;
  private link: RedisLink | undefined;
  /** Everything up to here was heard. */
  private heard: string | undefined;
  private complete = false;
  private following: Promise<void> | undefined;

  /** @param server what its instances have in common: its address */
  constructor(
    private readonly url: Secret,
    server: string,
  ) {
    super();
    this.key = `pulsegate:news:${server}`;
  }

  override get isComplete(): boolean {
    return this.complete;
  }

  override async tell(topic: string, message: unknown): Promise<void> {
    if (this.link === undefined) throw new Error('There is no connection to Redis.');
    await this.link.write(JSON.stringify([this.self, topic, message] satisfies Told));
  }

  /** Begins to read, and tries again for as long as it takes. @returns once the first attempt is over */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.following = this.follow(resolve);
    });
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.link?.close();
    await this.following;
  }

  private async follow(onAttempt: () => void): Promise<void> {
    let failures = 0;
    while (!this.stopped.signal.aborted) {
      try {
        await this.connect();
        failures = 0;
        onAttempt();
        await this.readOn();
      } catch (error) {
        failures += 1;
        this.lose(error, failures);
        onAttempt();
        await this.pause(Math.min(backoffMs(failures), LONGEST_WAIT_MS));
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }

  private async connect(): Promise<void> {
    this.link = await RedisLink.open(this.url, this.key);
    if (this.stopped.signal.aborted) this.link.close();
    const newest = await this.link.newestId();
    // A Redis that forgot its streams may count from further back.
    if (this.heard === undefined || isBefore(newest, this.heard)) this.heard = newest;
    while ((await this.read(0)) > 0);
    this.complete = true;
    this.logger.log('What other instances tell is heard.');
  }

  private async readOn(): Promise<never> {
    for (;;) await this.read(LOOK_MS);
  }

  /** @returns how much there was */
  private async read(waitMs: number): Promise<number> {
    const entries = (await this.link?.readAfter(this.heard ?? BEGINNING, waitMs)) ?? [];
    for (const entry of entries) this.take(entry);
    return entries.length;
  }

  private take({ id, text }: StreamEntry): void {
    this.heard = id;
    const told = toldIn(text);
    if (told === undefined || told[0] === this.self) return;
    const [, topic, message] = told;
    this.pass(topic, message);
  }

  private lose(error: unknown, failures: number): void {
    this.link?.close();
    this.link = undefined;
    this.complete = false;
    if (this.stopped.signal.aborted) return;
    this.miss();
    // Redis names no secret in its errors, but an address may be one.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    if (failures === 1) this.logger.warn(`What other instances tell is not heard: Redis is not there (${code}).`);
  }
}

/** What another program wrote there is nothing. */
function toldIn(text: string): Told | undefined {
  try {
    const told: unknown = JSON.parse(text);
    if (!Array.isArray(told) || told.length !== 3) return undefined;
    const [from, topic, message] = told as unknown[];
    return typeof from === 'string' && typeof topic === 'string' ? [from, topic, message] : undefined;
  } catch {
    return undefined;
  }
}
