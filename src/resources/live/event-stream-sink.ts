import type { ServerResponse } from 'node:http';

import type { LiveMessages } from './live-messages.js';
import type { LiveSink } from './live-sink.js';

/** The responses that are in step, by resource. */
export type InStep = Map<string, Set<EventStreamSink>>;

/** The way to one viewer who reads server-sent events. @see HTML section 9.2 (server-sent events) */
export class EventStreamSink implements LiveSink {
  private onReady: (() => void) | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly inStep: InStep,
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
    if (name === 'ended') this.end();
  }

  /** Writes what {@link eventText} gave. */
  write(text: string): void {
    if (this.isOpen && this.response.headersSent) this.response.write(text);
  }

  whenReady(callback: () => void): void {
    this.onReady = callback;
  }

  join(resourceId: string): void {
    const sinks = this.inStep.get(resourceId);
    if (sinks === undefined) this.inStep.set(resourceId, new Set([this]));
    else sinks.add(this);
  }

  leave(resourceId: string): void {
    const sinks = this.inStep.get(resourceId);
    sinks?.delete(this);
    if (sinks?.size === 0) this.inStep.delete(resourceId);
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
