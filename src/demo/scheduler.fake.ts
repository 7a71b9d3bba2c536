import { Scheduler } from './scheduler.js';

interface Scheduled {
  readonly atMs: number;
  readonly action: () => void;
}

/** A scheduler whose time passes only when a test says so. */
export class FakeScheduler extends Scheduler {
  #nowMs: number;
  readonly #scheduled = new Set<Scheduled>();
  #onScheduled: () => void = () => undefined;

  constructor(nowMs = Date.parse('2026-03-01T12:00:00Z')) {
    super();
    this.#nowMs = nowMs;
  }

  override nowMs(): number {
    return this.#nowMs;
  }

  override after(delayMs: number, action: () => void): () => void {
    const scheduled = { atMs: this.#nowMs + delayMs, action };
    this.#scheduled.add(scheduled);
    this.#onScheduled();
    return () => this.#scheduled.delete(scheduled);
  }

  /** How far off the scheduled actions are, in milliseconds, the nearest first. */
  get delaysMs(): readonly number[] {
    return [...this.#scheduled].map(({ atMs }) => atMs - this.#nowMs).sort((one, other) => one - other);
  }

  /** Waits until an action is scheduled within `withinMs`, lets the time pass until it is due and runs it. Returns its delay. */
  async elapse(withinMs = Number.POSITIVE_INFINITY): Promise<number> {
    for (;;) {
      const next = [...this.#scheduled]
        .filter(({ atMs }) => atMs - this.#nowMs <= withinMs)
        .reduce<Scheduled | undefined>((first, one) => (first && first.atMs <= one.atMs ? first : one), undefined);
      if (next !== undefined) return this.#run(next);
      await new Promise<void>((resolve) => {
        this.#onScheduled = resolve;
      });
    }
  }

  #run(next: Scheduled): number {
    const delayMs = next.atMs - this.#nowMs;
    this.#scheduled.delete(next);
    this.#nowMs = next.atMs;
    next.action();
    return delayMs;
  }
}
