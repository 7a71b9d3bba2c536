import type { Sample } from './reading.js';

/** Keeps samples where they survive the end of the process. */
export abstract class SampleStore {
  /**
   * Stores samples, all or none. Of several with the same resource, sensor and instant the first ever stored stays.
   *
   * @returns for each sample, in order, whether it was stored; once this answers, they are on the disk
   */
  abstract insert(samples: readonly Sample[]): Promise<readonly boolean[]>;
}
