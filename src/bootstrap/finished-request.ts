import type { Trace } from '../common/trace.js';

/** A request that was answered, as its metrics and its line of the log tell it. */
export interface FinishedRequest {
  readonly method: string;
  /** The template of its route. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly trace?: Trace | undefined;
}
