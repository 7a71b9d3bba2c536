/**
 * Remembers of which tokens there was news, so that an answer that was asked for before the news is not taken for the
 * present state: it may have been under way. What it has no room for counts as news of every token, up to that time.
 */
export class OutdatedTokens {
  private readonly newsMs = new Map<string, number>();
  private allBeforeMs = -Infinity;

  /** @param maxTokens how many tokens are told apart */
  constructor(private readonly maxTokens: number) {}

  /** There is news of a token, or of any token when `tokenKey` is `undefined`. */
  note(tokenKey: string | undefined, nowMs: number): void {
    if (tokenKey === undefined) {
      this.outdateAll(nowMs);
      return;
    }
    this.newsMs.delete(tokenKey);
    this.newsMs.set(tokenKey, nowMs);
    const [oldest] = this.newsMs;
    if (oldest === undefined || this.newsMs.size <= this.maxTokens) return;
    this.newsMs.delete(oldest[0]);
    this.outdateAll(oldest[1]);
  }

  /** Whether an answer about a token can be from before the news of it. */
  isOutdated(tokenKey: string | undefined, askedMs: number): boolean {
    const newsMs = tokenKey === undefined ? undefined : this.newsMs.get(tokenKey);
    return askedMs <= Math.max(this.allBeforeMs, newsMs ?? -Infinity);
  }

  private outdateAll(beforeMs: number): void {
    this.allBeforeMs = Math.max(this.allBeforeMs, beforeMs);
  }
}
