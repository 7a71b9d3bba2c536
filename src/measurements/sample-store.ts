import type { Sample } from './reading.js';

/** Keeps samples where they survive the end of the process. */
export abstract class SampleStore {
  /**
   * Stores samples, all or none. Of several of one sensor with the same instant by its own clock the first ever stored
   * stays.
   *
   * @returns for each sample, in order, whether it was stored; once this answers, they are on the disk
   */
  abstract insert(samples: readonly Sample[]): Promise<readonly boolean[]>;
}
