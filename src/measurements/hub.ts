import { Injectable, Logger } from '@nestjs/common';

import type { LogEntry, LogListener } from './sample-log.js';

/** Publishes every sample once it is stored; it knows nobody who listens. */
@Injectable()
export class Hub {
  private readonly logger = new Logger(Hub.name);
  private readonly listeners = new Set<LogListener>();

  /** @returns ends the subscription */
  subscribe(listener: LogListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Tells every listener what was stored; one that fails is logged and keeps the others from nothing. */
  publish(entry: LogEntry): void {
    for (const listener of this.listeners) {
      try {
        listener(entry);
      } catch (error) {
        this.logger.error('A listener failed.', error instanceof Error ? error.stack : undefined);
      }
    }
  }
}
