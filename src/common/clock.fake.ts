import { Clock } from './clock.js';

/** A clock that stands still until a test moves it. */
export class FixedClock extends Clock {
  constructor(private now = Date.parse('2026-03-01T12:00:00Z')) {
    super();
  }

  override nowMs(): number {
    return this.now;
  }

  /** Moves the clock forward. */
  advanceMs(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }
}
