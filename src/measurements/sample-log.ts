import type { Sample } from './reading.js';

/** A stored sample with its place in the order in which the samples of its resource were stored. */
export interface LoggedSample extends Sample {
  /** Counts up within the resource, over all processes and restarts; numbers may be left out, none comes late. */
  readonly position: number;
}

/** Samples of one resource that were stored together. */
export interface LogEntry {
  readonly resourceId: string;
  /** Where the resource stood before. */
  readonly after: number;
  /** Where it stands now; the position of the last sample, or beyond it. */
  readonly upTo: number;
  /** None where another instance stored them: it tells only where the resource stands, `after` being no less. */
  readonly samples: readonly LoggedSample[];
}

/** Hears of what was stored, here or in another process; entries can come late, twice, or not at all. */
export type LogListener = (entry: LogEntry) => void;

/** The samples of each resource in the order in which they were stored: for whoever follows, and must miss none. */
export abstract class SampleLog {
  /** Where a resource stands; 0 before its first sample. */
  abstract positionOf(resourceId: string): Promise<number>;

  /** Where each of some resources stands; one without samples is left out. */
  abstract positionsOf(resourceIds: readonly string[]): Promise<ReadonlyMap<string, number>>;

  /** The samples that were stored after a position, in order: the first of them, at most `limit`. */
  abstract after(resourceId: string, position: number, limit: number): Promise<readonly LoggedSample[]>;

  /** The sample with the newest time of those stored up to a position; `undefined` when there is none. */
  abstract newestUpTo(resourceId: string, position: number): Promise<LoggedSample | undefined>;

  /** @returns ends the subscription */
  abstract subscribe(listener: LogListener): () => void;
}
