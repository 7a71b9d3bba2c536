import type { Sample } from './reading.js';
import type { LogEntry } from './sample-log.js';

/** What became of samples that were handed over together. */
export interface Stored {
  /** Of each, in order, whether it was stored; else its sensor's value for that instant was there before. */
  readonly isNew: readonly boolean[];
  /** What was stored, by resource. */
  readonly entries: readonly LogEntry[];
}

/** Keeps samples where they survive the end of the process. */
export abstract class SampleStore {
  /**
   * Stores samples, all or none, and gives each its place in the order of its resource. Of several of one sensor with the
   * same instant by its own clock the first ever stored stays. Once this answers, they are on the disk.
   */
  abstract insert(samples: readonly Sample[]): Promise<Stored>;
}
