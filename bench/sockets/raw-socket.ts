import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';

import { frameOf, FrameReader } from './frames.js';

/** What a socket shows when it connects. */
export type Handshake = Readonly<Record<string, unknown>>;

/** Hears every packet of socket.io: `2["event",…]`, `31["answer"]`, without the namespace. */
export type PacketListener = (packet: string) => void;

const PING = '2';
const PONG = frameOf('3');

/**
 * One connection of socket.io 4 over a WebSocket, with what a load generator needs and no more: a client's own would cost as
 * much as the server.
 */
export class RawSocket {
  private readonly reader = new FrameReader();
  private listener: PacketListener = () => undefined;
  private isOver = false;

  private constructor(
    private readonly connection: Socket,
    private readonly namespace: string,
  ) {
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.end();
    });
  }

  /**
   * Opens a connection to a namespace, `/` or `/live`.
   *
   * @throws Error with the server's word when it lets nobody in
   */
  static async open(origin: string, namespace: string, handshake: Handshake): Promise<RawSocket> {
    const connection = await upgraded(origin);
    const socket = new RawSocket(connection, namespace === '/' ? '' : `${namespace},`);
    const answer = new Promise<string>((resolve) => (socket.listener = resolve));
    connection.on('data', (chunk: Buffer) => {
      socket.take(chunk);
    });
    socket.write([`0${JSON.stringify(handshake)}`]);
    const packet = await answer;
    if (!packet.startsWith('0')) throw new Error(`A socket was not let in: ${messageOf(packet)}`);
    return socket;
  }

  get isOpen(): boolean {
    return !this.isOver;
  }

  /** Whether more can be written without keeping it in memory. */
  get isTaken(): boolean {
    return !this.connection.writableNeedDrain;
  }

  hear(listener: PacketListener): void {
    this.listener = listener;
  }

  /** Writes packets, without their namespace: `2["event"]`, or `27["event"]` to be answered under the number 7. */
  write(packets: readonly string[]): void {
    if (packets.length === 0 || this.isOver) return;
    this.connection.write(Buffer.concat(packets.map((packet) => frameOf(this.addressed(packet)))));
  }

  whenTaken(callback: () => void): void {
    this.connection.once('drain', callback);
  }

  /** Breaks the connection off: what is under way is lost. */
  async close(): Promise<void> {
    if (this.connection.destroyed) return;
    const closed = once(this.connection, 'close');
    this.connection.resetAndDestroy();
    await closed;
  }

  private addressed(packet: string): string {
    return `4${packet[0] ?? ''}${this.namespace}${packet.slice(1)}`;
  }

  private take(chunk: Buffer): void {
    // What is written meanwhile goes out together.
    this.connection.cork();
    for (const text of this.reader.read(chunk)) {
      if (text === undefined) this.end();
      else if (text === PING) this.connection.write(PONG);
      else if (text.startsWith('4')) this.listener(`${text[1] ?? ''}${text.slice(2 + this.namespace.length)}`);
    }
    this.connection.uncork();
  }

  /** The end is a packet, too: that of a namespace that lets nobody in any more. */
  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener('1');
  }
}

/** A connection that the server speaks WebSocket on. */
async function upgraded(origin: string): Promise<Socket> {
  const asked = request(`${origin}/socket.io/?EIO=4&transport=websocket`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  });
  asked.end();
  const [, connection, head] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket, Buffer];
  connection.unshift(head);
  return connection;
}

function messageOf(packet: string): string {
  const { message = 'the connection ended' } = (packet.startsWith('4') ? JSON.parse(packet.slice(1)) : {}) as {
    message?: string;
  };
  return message;
}
