import type { TimedDecision, UmaDecision } from './uma-decision.js';

/**
 * Remembers, for a short time, what tokens open. It may only be used to allow: whoever is about to refuse asks the
 * authorization server again. Its size is bounded; the oldest entry gives way.
 *
 * @see RFC 7662 section 4 (caching)
 */
export class DecisionCache {
  private readonly entries = new Map<string, TimedDecision>();

  constructor(private readonly maxEntries: number) {}

  /** How many decisions are remembered now. */
  get size(): number {
    return this.entries.size;
  }

  /** @returns `undefined` when nothing is remembered, or its time is over */
  get(key: string, nowMs: number): UmaDecision | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (nowMs >= entry.sinceMs && nowMs < entry.untilMs) return entry.decision;
    this.entries.delete(key);
    return undefined;
  }

  /** Remembers a decision in place of an earlier one. */
  put(key: string, entry: TimedDecision): void {
    this.entries.delete(key);
    if (this.entries.size >= this.maxEntries) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(key, entry);
  }

  /** Forgets what was remembered under a key. */
  drop(key: string): void {
    this.entries.delete(key);
  }
}
