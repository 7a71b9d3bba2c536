import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { SampleWriter } from './sample-writer.js';

/** For so long a failure counts, in milliseconds: who is sent nothing cannot show that it would store it. */
const RECENT_MS = 30_000;

/** Whether samples can be stored, as a check of the server's health: not so while the last commit failed, a full disk for one. */
@Injectable()
export class StoringCheck {
  readonly name = 'storing measurements';
  private seen: { readonly failure: Error; readonly atMs: number } | undefined;

  constructor(
    private readonly writer: SampleWriter,
    private readonly clock: Clock,
  ) {}

  /** @throws Error what went wrong lately */
  async check(): Promise<void> {
    const { failure } = this.writer;
    if (failure === undefined) return;
    if (this.seen?.failure !== failure) this.seen = { failure, atMs: this.clock.nowMs() };
    const age = this.clock.nowMs() - this.seen.atMs;
    if (age >= 0 && age < RECENT_MS) await Promise.reject(failure);
  }
}
