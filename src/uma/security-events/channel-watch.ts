import { Logger } from '@nestjs/common';

import { backoffMs } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';
import { AuthorizationServerUnreachable } from '../protection-api/authorization-server-unreachable.js';
import { LONGEST_SILENCE_MS } from './event-channel.js';
import { RegistrationRefused, type Transmitter } from './transmitter.js';

/** An authorization server that offers no events may learn it some day. */
const NOT_OFFERED_WAIT_MS = 10 * 60 * 1000;

/** Watches one channel, and registers for its events whenever it is silent: at the start, after a restart of either side. */
export class ChannelWatch {
  private readonly logger = new Logger('SecurityEvents');
  private wasAlive = false;
  private problem = '';
  private failures = 0;
  private attempt: { readonly atMs: number; readonly waitMs: number } | undefined;
  private isRegistering = false;

  constructor(
    private readonly transmitter: Transmitter,
    private readonly clock: Clock,
  ) {}

  /** Looks at the channel, and does what has to be done; called again and again. Not for what another look is at. */
  async look(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const isAlive = this.transmitter.channel.isAlive(nowMs);
    if (isAlive !== this.wasAlive) this.tell(isAlive);
    if (isAlive || this.isRegistering || !this.isDue(nowMs)) return;
    this.isRegistering = true;
    await this.register(nowMs).finally(() => {
      this.isRegistering = false;
    });
  }

  private tell(isAlive: boolean): void {
    const { issuer } = this.transmitter;
    this.wasAlive = isAlive;
    this.failures = 0;
    this.problem = '';
    this.attempt = undefined;
    if (isAlive) this.logger.log(`${issuer} tells of withdrawals: decisions are kept while their tokens last.`);
    else this.logger.warn(`${issuer} has fallen silent: decisions are kept for a short time only.`);
  }

  /** A clock that was set back says nothing about when the last attempt was. */
  private isDue(nowMs: number): boolean {
    if (this.attempt === undefined) return true;
    return nowMs < this.attempt.atMs || nowMs >= this.attempt.atMs + this.attempt.waitMs;
  }

  private async register(nowMs: number): Promise<void> {
    this.failures += 1;
    const waitMs = backoffMs(this.failures);
    try {
      const isOffered = await this.transmitter.register();
      if (!isOffered) this.tellProblem('It offers no security events.');
      // The next attempt is not before the first sign of life is overdue.
      this.waitFrom(nowMs, isOffered ? Math.max(waitMs, LONGEST_SILENCE_MS) : NOT_OFFERED_WAIT_MS);
    } catch (error) {
      this.waitFrom(nowMs, waitMs);
      const isExpected = error instanceof AuthorizationServerUnreachable || error instanceof RegistrationRefused;
      if (!isExpected) throw error;
      this.tellProblem(error.message);
    }
  }

  private waitFrom(atMs: number, waitMs: number): void {
    this.attempt = { atMs, waitMs };
  }

  /** Says it once, however often it is tried. */
  private tellProblem(problem: string): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.logger.warn(`${this.transmitter.issuer} does not tell of withdrawals: ${problem}`);
  }
}
