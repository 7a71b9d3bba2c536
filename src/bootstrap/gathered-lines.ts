import type { EventEmitter } from 'node:events';

import type { DestinationStream } from 'pino';

/** How long a line waits for others at most, in milliseconds. */
const LONGEST_WAIT_MS = 10;

/** Does something later, but does not keep the process alive for it. */
type Later = (step: () => void) => void;

const soon: Later = (step) => void setTimeout(step, LONGEST_WAIT_MS).unref();

/**
 * Writes what is logged within a moment together, at the end of the moment or of the process: to write a line by itself
 * costs more than to make it.
 */
export class GatheredLines implements DestinationStream {
  private lines = '';

  constructor(
    private readonly destination: DestinationStream,
    private readonly lifetime: Pick<EventEmitter, 'once' | 'off'> = process,
    private readonly later: Later = soon,
  ) {}

  write(line: string): void {
    if (this.lines === '') {
      this.later(this.flush);
      this.lifetime.once('exit', this.flush);
    }
    this.lines += line;
  }

  private readonly flush = (): void => {
    const { lines } = this;
    if (lines === '') return;
    this.lifetime.off('exit', this.flush);
    this.lines = '';
    this.destination.write(lines);
  };
}
