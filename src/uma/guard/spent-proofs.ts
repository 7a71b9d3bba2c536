const MOST_REMEMBERED = 100_000;

/**
 * Remembers which proofs were used, for as long as they could be used again. When there are too many, new ones count as
 * used: a proof that could be used twice proves nothing.
 *
 * @see RFC 9449 section 11.1 (replay)
 */
export class SpentProofs {
  /** When each can be forgotten, in milliseconds since the Unix epoch; about in that order. */
  private readonly untilMs = new Map<string, number>();

  constructor(private readonly limit = MOST_REMEMBERED) {}

  /** Uses a proof up. @returns whether it was not used before */
  spend(id: string, nowMs: number, untilMs: number): boolean {
    this.forget(nowMs);
    if (this.untilMs.has(id) || this.untilMs.size >= this.limit) return false;
    this.untilMs.set(id, untilMs);
    return true;
  }

  private forget(nowMs: number): void {
    for (const [id, untilMs] of this.untilMs) {
      if (untilMs > nowMs) return;
      this.untilMs.delete(id);
    }
  }
}
