import { Clock, SystemClock } from '../common/clock.js';

/** The longest delay that Node's timers take; a longer one would end at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A clock that can also wait. Everything in the demo that waits takes one, so that a test need not. */
export abstract class Scheduler extends Clock {
  /**
   * Runs an action later.
   *
   * @param delayMs at most 2,147,483,647 ms, nearly 25 days
   * @returns what takes it back; does nothing once the action ran
   */
  abstract after(delayMs: number, action: () => void): () => void;

  /** Waits until an instant, in milliseconds since the Unix epoch, or until the signal is aborted, whichever is first. */
  async until(instantMs: number, signal?: AbortSignal): Promise<void> {
    while (this.nowMs() < instantMs && signal?.aborted !== true) {
      await this.#pause(Math.min(instantMs - this.nowMs(), LONGEST_DELAY_MS), signal);
    }
  }

  #pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        takeBack();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const takeBack = this.after(delayMs, end);
      signal?.addEventListener('abort', end);
    });
  }
}

/** The machine's own clock and timers. */
export class SystemScheduler extends Scheduler {
  readonly #clock = new SystemClock();

  override nowMs(): number {
    return this.#clock.nowMs();
  }

  override after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => {
      clearTimeout(timer);
    };
  }
}
