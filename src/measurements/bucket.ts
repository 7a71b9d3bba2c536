import { NO_VARIABILITY, together, type Variability } from './heart-rate-variability.js';
import type { Minute } from './minute.js';

/** Minutes added up. */
export class Bucket {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  variability: Variability = NO_VARIABILITY;

  /** @param startMs when it begins, in milliseconds since the Unix epoch */
  constructor(readonly startMs: number) {}

  add(minute: Minute): void {
    this.count += minute.count;
    this.sum += minute.sum;
    this.min = Math.min(this.min, minute.min);
    this.max = Math.max(this.max, minute.max);
    if (minute.variability !== undefined) this.variability = together(this.variability, minute.variability);
  }
}
