/** How old the last sign of life may be, in milliseconds. */
export const LONGEST_SILENCE_MS = 15_000;

/**
 * Whether an authorization server would tell at once when it ends a token: it says so every few seconds, and only when it
 * has nothing left to tell. Times are milliseconds since the Unix epoch.
 */
export class EventChannel {
  private aliveSinceMs = Infinity;
  private heardMs = -Infinity;

  constructor(readonly issuer: string) {}

  /** A sign of life came in. @param signedMs when it was given; one that was held up on the way is worth less */
  heard(nowMs: number, signedMs = nowMs): void {
    const wasAlive = this.isAlive(nowMs);
    if (!wasAlive) this.aliveSinceMs = nowMs;
    this.heardMs = Math.max(Math.min(nowMs, signedMs), wasAlive ? this.heardMs : -Infinity);
  }

  /** The authorization server says that it will not tell for now. */
  fellSilent(): void {
    this.heardMs = -Infinity;
  }

  /** Whether the last sign of life is recent; that of a clock that was set back since has no age. */
  isAlive(nowMs: number): boolean {
    return nowMs >= this.heardMs && nowMs - this.heardMs <= LONGEST_SILENCE_MS;
  }

  /**
   * Whether nothing can have changed unheard since a question was answered. Not so for a question from before a silence:
   * the authorization server may have forgotten this receiver meanwhile, and what it ended then was told to nobody.
   *
   * @param askedMs when the question was asked
   */
  covers(askedMs: number, nowMs: number): boolean {
    return askedMs >= this.aliveSinceMs && this.isAlive(nowMs);
  }
}
