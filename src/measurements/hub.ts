import { Injectable, Logger } from '@nestjs/common';

import type { Sample } from './reading.js';

/** Gets samples that were stored together, in the order in which they were sent. */
export type SampleListener = (samples: readonly Sample[]) => void;

/** Publishes every sample once it is stored; it knows nobody who listens. */
@Injectable()
export class Hub {
  private readonly logger = new Logger(Hub.name);
  private readonly listeners = new Set<SampleListener>();

  /** @returns ends the subscription */
  subscribe(listener: SampleListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Hands samples to every listener; one that fails is logged and keeps the others from nothing. */
  publish(samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    for (const listener of this.listeners) {
      try {
        listener(samples);
      } catch (error) {
        this.logger.error('A listener failed.', error instanceof Error ? error.stack : undefined);
      }
    }
  }
}
