import type { ServerResponse } from 'node:http';

import type { LiveMessages, Samples } from './live-messages.js';
import type { LiveSink } from './live-sink.js';
import type { SharedSamples } from './shared-samples.js';

/** How long a reader that is too slow may take for what it was sent, in milliseconds: the end of it says why there is no more. */
const LAST_PATIENCE_MS = 30_000;

/** The way to one viewer who reads server-sent events. @see HTML section 9.2 (server-sent events) */
export class EventStreamSink implements LiveSink {
  private onReady: (() => void) | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly lastPatienceMs = LAST_PATIENCE_MS,
  ) {
    // A reader that has gone shows by the end of its connection.
    response.on('error', () => undefined);
    response.on('drain', () => {
      const callback = this.onReady;
      this.onReady = undefined;
      callback?.();
    });
  }

  get isReady(): boolean {
    return this.isOpen && !this.response.writableNeedDrain;
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.write(eventText(name, message));
    if ('reason' in message) this.end(message.reason);
  }

  pass(shared: SharedSamples): void {
    this.write(shared.as(samplesText));
  }

  /** Writes what {@link eventText} gave. */
  write(text: string): void {
    if (this.isOpen && this.response.headersSent) this.response.write(text);
  }

  whenReady(callback: () => void): void {
    this.onReady = callback;
  }

  private get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /** One that takes nothing would keep what it was sent, and its connection, for ever; a server that stops waits for none. */
  private end(reason: LiveMessages['ended']['reason']): void {
    const isBehind = this.response.writableNeedDrain;
    this.response.end();
    if (!isBehind) return;
    const patience = setTimeout(() => this.response.destroy(), reason === 'shutdown' ? 0 : this.lastPatienceMs);
    this.response.once('close', () => {
      clearTimeout(patience);
    });
  }
}

/** A message as an event of a stream; one that has a place in the stream carries it as `id`. */
export function eventText<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): string {
  const id = 'id' in message ? `id: ${message.id}\n` : '';
  return `event: ${name}\n${id}data: ${JSON.stringify(message)}\n\n`;
}

const samplesText = (message: Samples): string => eventText('samples', message);
