/** Hears what another instance tells; it must not throw. @param message JSON, as it was told */
export type NewsListener = (message: unknown) => void;

/**
 * What the instances of one server tell each other: each hears what all others tell, in the order in which one told it,
 * and hears nothing of what it told itself.
 */
export abstract class News {
  private readonly listeners = new Map<string, Set<NewsListener>>();
  private readonly missedListeners = new Set<() => void>();

  /** Whether everything that others tell comes here now. While it does not, nothing holds that they could have changed. */
  abstract readonly isComplete: boolean;

  /**
   * Tells all others something. Once it is told each of them hears it, or knows that it has missed something.
   *
   * @param message what JSON can say
   * @throws Error when it was perhaps not told
   */
  abstract tell(topic: string, message: unknown): Promise<void>;

  /** Hears, from now on, what is told on a topic. @returns ends that */
  subscribe(topic: string, listener: NewsListener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls `listener` whenever something may have been missed, and {@link isComplete} is not so. @returns ends that */
  onMissed(listener: () => void): () => void {
    this.missedListeners.add(listener);
    return () => void this.missedListeners.delete(listener);
  }

  /** Passes on what another instance has told. */
  protected pass(topic: string, message: unknown): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(message);
  }

  /** Says that something may have been missed. */
  protected miss(): void {
    for (const listener of this.missedListeners) listener();
  }
}

/** Of a server that has one instance: there is nobody to tell anything, and nothing to be missed. */
export class NoNews extends News {
  override readonly isComplete = true;

  override tell(): Promise<void> {
    return Promise.resolve();
  }
}
