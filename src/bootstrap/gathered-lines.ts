import type { EventEmitter } from 'node:events';

import type { DestinationStream } from 'pino';

/**
 * Writes what is logged in one round of the event loop together, at the end of the round or of the process: requests that
 * waited for the disk together are answered together, and to write a line by itself costs more than to make it.
 */
export class GatheredLines implements DestinationStream {
  private lines = '';

  constructor(
    private readonly destination: DestinationStream,
    private readonly lifetime: Pick<EventEmitter, 'once' | 'off'> = process,
  ) {}

  write(line: string): void {
    if (this.lines === '') {
      setImmediate(this.flush);
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
