import type { ServerResponse } from 'node:http';

import type { LiveMessages, Samples } from './live-messages.js';
import type { LiveSink } from './live-sink.js';
import type { SharedSamples } from './shared-samples.js';

/** The way to one viewer who reads server-sent events. @see HTML section 9.2 (server-sent events) */
export class EventStreamSink implements LiveSink {
  private onReady: (() => void) | undefined;

  constructor(private readonly response: ServerResponse) {
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
    if (name === 'ended') this.end();
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

  /** One that takes nothing would keep what it was sent, and its connection, for ever. */
  private end(): void {
    if (this.response.writableNeedDrain) this.response.destroy();
    else this.response.end();
  }
}

/** A message as an event of a stream; one that has a place in the stream carries it as `id`. */
export function eventText<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): string {
  const id = 'id' in message ? `id: ${message.id}\n` : '';
  return `event: ${name}\n${id}data: ${JSON.stringify(message)}\n\n`;
}

const samplesText = (message: Samples): string => eventText('samples', message);
