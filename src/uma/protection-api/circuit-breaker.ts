import type { Clock } from '../../common/clock.js';

/** When a {@link CircuitBreaker} opens, and for how long. */
export interface CircuitBreakerOptions {
  /** How many failures in a row open it. */
  readonly failures: number;
  /** How long it refuses calls, in milliseconds, before it lets one through as a probe. */
  readonly pauseMs: number;
}

/**
 * Spares callers the wait for a server that is down: after several failures in a row calls are refused at once, except
 * for one probe per pause. A success closes it.
 */
export class CircuitBreaker {
  private failures = 0;
  private pausedMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: CircuitBreakerOptions,
  ) {}

  /** Asks leave for one call. After a pause only the first who asks gets it: that call is the probe. */
  allows(): boolean {
    if (this.failures < this.options.failures) return true;
    const age = this.clock.nowMs() - this.pausedMs;
    // A clock that was set back says nothing about when the pause began.
    if (age >= 0 && age < this.options.pauseMs) return false;
    this.pause();
    return true;
  }

  /** Tells that the server answered. */
  succeeded(): void {
    this.failures = 0;
  }

  /** Tells that the server did not answer, or not sensibly. */
  failed(): void {
    this.failures += 1;
    this.pause();
  }

  private pause(): void {
    this.pausedMs = this.clock.nowMs();
  }
}
