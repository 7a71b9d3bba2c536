import { Inject, Injectable, Logger } from '@nestjs/common';

import { UmaError } from '../uma/protocol/uma-error.js';
import { Hub } from './hub.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';
import type { Sample } from './reading.js';
import { SampleStore } from './sample-store.js';

/** From this many waiting samples on, a commit waits no longer. To store more at once would keep everybody else waiting. */
const FULL_COMMIT = 500;
/** The credit of the whole server: more samples than these never wait at once. */
export const MAX_WAITING = 50_000;
const DEFAULT_COMMIT_INTERVAL_MS = 20;

/** What became of the samples that were handed over together. */
export interface Written {
  readonly stored: number;
  readonly duplicate: number;
}

interface Submission {
  readonly samples: readonly Sample[];
  readonly resolve: (written: Written) => void;
  readonly reject: (error: UmaError) => void;
}

/**
 * Stores samples of many senders in few commits: they begin some time apart, and what arrives meanwhile shares the next
 * one, so that nobody waits where little is sent. Each sender hears of its own samples, after the commit; a commit that
 * fails fails for exactly those who waited for it.
 */
@Injectable()
export class SampleWriter {
  private readonly logger = new Logger(SampleWriter.name);
  private readonly intervalMs: number;
  private submissions: Submission[] = [];
  /** Samples that are not answered for yet, those of the running commit included. */
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** When the last commit began, by the clock of `performance`. */
  private beganMs = -Infinity;
  private closed = false;
  private lastFailure: Error | undefined;

  constructor(
    private readonly store: SampleStore,
    private readonly hub: Hub,
    @Inject(MEASUREMENTS_OPTIONS) options: MeasurementsOptions,
  ) {
    this.intervalMs = options.commitIntervalMs ?? DEFAULT_COMMIT_INTERVAL_MS;
  }

  /** Why the last commit failed; `undefined` when it did not. */
  get failure(): Error | undefined {
    return this.lastFailure;
  }

  /**
   * Answers once the samples are stored.
   *
   * @throws UmaError `slow_down` when too much is waiting already, `temporarily_unavailable` when the samples could not
   * be stored or the server is stopping; in each case they may be sent again
   */
  write(samples: readonly Sample[]): Promise<Written> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new UmaError('temporarily_unavailable', 'The server is stopping; send again later.');
      if (this.waiting + samples.length > MAX_WAITING)
        throw new UmaError('slow_down', 'Too much is waiting; send later.');
      this.waiting += samples.length;
      this.submissions.push({ samples, resolve, reject });
      this.schedule();
    });
  }

  /** Takes nothing more and answers for everything that was taken. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.submissions.length > 0 || this.running !== undefined) await this.commit();
  }

  private schedule(): void {
    if (this.running !== undefined || this.submissions.length === 0) return;
    if (this.waiting >= FULL_COMMIT) void this.commit();
    else this.timer ??= setTimeout(() => void this.commit(), this.delayMs());
  }

  /** At least what is under way in the same moment still comes along. */
  private delayMs(): number {
    return Math.max(0, this.beganMs + this.intervalMs - performance.now());
  }

  private commit(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running ??= this.commitNext().finally(() => {
      this.running = undefined;
      this.schedule();
    });
    return this.running;
  }

  private async commitNext(): Promise<void> {
    this.beganMs = performance.now();
    const submissions = this.takeNext();
    const samples = submissions.flatMap((submission) => submission.samples);
    try {
      const { isNew, entries } = await this.store.insert(samples);
      this.lastFailure = undefined;
      for (const entry of entries) this.hub.publish(entry);
      answer(submissions, isNew);
    } catch (cause) {
      this.lastFailure = cause instanceof Error ? cause : new Error(String(cause));
      this.logger.error('Samples could not be stored.', this.lastFailure.stack);
      const error = new UmaError('temporarily_unavailable', 'Nothing was stored; send again.', {}, { cause });
      for (const { reject } of submissions) reject(error);
    } finally {
      this.waiting -= samples.length;
    }
  }

  private takeNext(): readonly Submission[] {
    let size = 0;
    const next = this.submissions.findIndex(({ samples }) => (size += samples.length) >= FULL_COMMIT);
    return this.submissions.splice(0, next < 0 ? this.submissions.length : next + 1);
  }
}

function answer(submissions: readonly Submission[], isNew: readonly boolean[]): void {
  let from = 0;
  for (const { samples, resolve } of submissions) {
    const upTo = from + samples.length;
    let stored = 0;
    for (; from < upTo; from += 1) if (isNew[from] === true) stored += 1;
    resolve({ stored, duplicate: samples.length - stored });
  }
}
