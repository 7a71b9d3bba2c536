import { once } from 'node:events';
import { get } from 'node:http';
import type { Duplex } from 'node:stream';

/** Somebody who opens a WebSocket and writes into it, and never reads what comes back. */
export class DeafPeer {
  private constructor(private readonly connection: Duplex) {
    // The server may break the connection off.
    connection.on('error', () => undefined);
  }

  /** @param url of the WebSocket, as `http://…` */
  static async open(url: string): Promise<DeafPeer> {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const headers = { ...upgrade, 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    const [, connection] = (await once(get(url, { headers }), 'upgrade')) as [unknown, Duplex];
    return new DeafPeer(connection.pause());
  }

  /** Writes the same text, of 125 bytes at most, as a frame of its own each time. */
  async write(text: string, times: number): Promise<void> {
    const payload = Buffer.from(text);
    // A mask of zeros leaves the text as it is. @see RFC 6455 section 5.2
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 + payload.length, 0, 0, 0, 0]), payload]);
    await new Promise((resolve) => this.connection.write(Buffer.concat(Array<Buffer>(times).fill(frame)), resolve));
  }

  leave(): void {
    this.connection.destroy();
  }
}
