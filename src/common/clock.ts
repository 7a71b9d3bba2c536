/** Tells the time. Everything that depends on the time takes a clock, so that a test can hold it still. */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract nowMs(): number;

  /** Whole seconds since the Unix epoch, the unit of `exp`, `iat` and `nbf`. */
  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }
}

/** The machine's own clock. */
export class SystemClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }
}
