/** What a server has used since it started. */
export interface Reading {
  /** CPU time of all its threads and child processes, in microseconds. */
  readonly cpuMicros: number;
  /** How long it had something to do, be it to wait for its core or its disk, in milliseconds. */
  readonly busyMs: number;
}

/** Reads what a server has used, beside the requests. */
export type Meter = () => Promise<Reading>;
