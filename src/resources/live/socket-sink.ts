import type { Socket } from 'socket.io';

import type { LiveMessages } from './live-messages.js';
import { type LivePacket, packetOf } from './live-packet.js';
import type { LiveSink } from './live-sink.js';
import type { SharedSamples } from './shared-samples.js';

/** What engine.io keeps to itself of a connection: what waits to be written, and when the transport can take more. */
interface Connection {
  readonly writeBuffer: readonly unknown[];
  readonly transport: {
    readonly writable: boolean;
    send(packets: readonly LivePacket[]): void;
    once(event: 'ready', callback: () => void): void;
  };
}

/** The way to one viewer on a socket of socket.io. */
export class SocketSink implements LiveSink {
  private onReady: (() => void) | undefined;

  constructor(private readonly socket: Socket) {}

  get isReady(): boolean {
    const { transport, writeBuffer } = this.connection;
    return this.socket.connected && transport.writable && writeBuffer.length === 0;
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.socket.emit(name, message);
  }

  /** Past the queue, which is empty for whoever is ready: it costs as much as all else but the write itself. */
  pass(shared: SharedSamples): void {
    this.connection.transport.send([shared.as(packetOf)]);
  }

  whenReady(callback: () => void): void {
    const isWaiting = this.onReady !== undefined;
    this.onReady = callback;
    if (!isWaiting) this.listen();
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
