import type { Slice } from './rounds.js';

/** A slice in which all went well, with whatever else. */
export function aSlice(more: Partial<Slice> = {}): Slice {
  return {
    ...{ milliseconds: 1000, operations: 100, failures: 0, failure: undefined, medianMs: 1, p99Ms: 2 },
    ...{ loadBusy: 0.3, rate: 100, cpuMicros: 500, busy: 1 },
    ...more,
  };
}
