import type { Socket } from 'socket.io';

import type { LiveMessages } from './live-messages.js';
import type { LiveSink } from './live-sink.js';

/** What engine.io keeps to itself of a connection: what waits to be written, and when the transport can take more. */
interface Connection {
  readonly writeBuffer: readonly unknown[];
  readonly transport: { readonly writable: boolean; once(event: 'ready', callback: () => void): void };
}

/** The room of everybody who is in step with a resource. */
export const roomOf = (resourceId: string): string => `live:${resourceId}`;

/** The way to one viewer on a socket of socket.io. */
export class SocketSink implements LiveSink {
  private onReady: (() => void) | undefined;

  constructor(private readonly socket: Socket) {}

  get isReady(): boolean {
    const { transport, writeBuffer } = this.connection;
    return transport.writable && writeBuffer.length === 0;
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.socket.emit(name, message);
  }

  whenReady(callback: () => void): void {
    const isWaiting = this.onReady !== undefined;
    this.onReady = callback;
    if (!isWaiting) this.listen();
  }

  join(resourceId: string): void {
    void this.socket.join(roomOf(resourceId));
  }

  leave(resourceId: string): void {
    void this.socket.leave(roomOf(resourceId));
  }

  private listen(): void {
    this.connection.transport.once('ready', () => {
      if (!this.isReady) {
        this.listen();
        return;
      }
      const callback = this.onReady;
      this.onReady = undefined;
      callback?.();
    });
  }

  private get connection(): Connection {
    return this.socket.conn as unknown as Connection;
  }
}
