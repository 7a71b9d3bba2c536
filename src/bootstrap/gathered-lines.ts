import type { EventEmitter } from 'node:events';

import type { DestinationStream } from 'pino';

/** How long a line waits for others at most, in milliseconds. */
const LONGEST_WAIT_MS = 10;

/** Does something later, but does not keep the process alive for it. */
type Later = (step: () => void) => void;

const soon: Later = (step) => void setTimeout(step, LONGEST_WAIT_MS).unref();

/** Where lines go; what it has taken and not yet written, it can write at once. */
export interface LineDestination extends DestinationStream {
  flushSync?(): void;
}

/**
 * Writes what is logged within a moment together, at the end of the moment or of the process: to write a line by itself
 * costs more than to make it.
 */
export class GatheredLines implements DestinationStream {
  private lines = '';

  constructor(
    private readonly destination: LineDestination,
    private readonly lifetime: Pick<EventEmitter, 'once' | 'off'> = process,
    private readonly later: Later = soon,
  ) {}

  write(line: string): void {
    if (this.lines === '') {
      this.later(this.flush);
      this.lifetime.once('exit', this.finish);
    }
    this.lines += line;
  }

  private readonly flush = (): void => {
    const { lines } = this;
    if (lines === '') return;
    this.lifetime.off('exit', this.finish);
    this.lines = '';
    this.destination.write(lines);
  };

  /** The destination has done what it does before the process ends by now. */
  private readonly finish = (): void => {
    this.flush();
    this.destination.flushSync?.();
  };
}
