/** A message with samples as a viewer gets it. */
export interface SamplesMessage {
  readonly id: string;
  readonly samples: readonly { readonly recordedAt: string }[];
  readonly dropped?: number;
}

/**
 * Checks what one viewer gets of one sensor, whose times go up: each sample once, in order, none left out. A gap that
 * nobody tells of shows in the number of samples.
 */
export class StreamCheck {
  /** How many samples came. */
  delivered = 0;
  /** How many the server says it has left out. */
  dropped = 0;
  /** How many came twice, or after a later one. */
  disordered = 0;
  private lastId = -1;
  private lastMs = -Infinity;

  /** @returns when each of the samples was measured, in milliseconds since the Unix epoch */
  take({ id, samples, dropped = 0 }: SamplesMessage): readonly number[] {
    this.delivered += samples.length;
    this.dropped += dropped;
    if (Number(id) <= this.lastId) this.disordered += 1;
    this.lastId = Number(id);
    return samples.map(({ recordedAt }) => this.next(Date.parse(recordedAt)));
  }

  private next(recordedMs: number): number {
    if (recordedMs <= this.lastMs) this.disordered += 1;
    this.lastMs = Math.max(this.lastMs, recordedMs);
    return recordedMs;
  }
}
