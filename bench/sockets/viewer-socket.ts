import { type Handshake, RawSocket } from './raw-socket.js';
import { LIVE } from './socket-operation.js';

const SAMPLES = '2["samples",';

/** One viewer: subscribes to what its handshake names, and counts the messages with samples. */
export class ViewerSocket {
  private messages = 0;
  private failure: string | undefined;

  private constructor(private readonly socket: RawSocket) {}

  static async open(origin: string, handshake: Handshake): Promise<ViewerSocket> {
    const socket = await RawSocket.open(origin, LIVE, handshake);
    const viewer = new ViewerSocket(socket);
    const isIn = new Promise<string>((resolve) => {
      socket.hear((packet) => {
        if (packet.startsWith('3')) resolve(packet);
      });
    });
    socket.write(['20["subscribe",{}]']);
    const answer = await isIn;
    if (answer.includes('"error"')) throw new Error(`A viewer was not let in: ${answer}`);
    socket.hear((packet) => {
      viewer.take(packet);
    });
    return viewer;
  }

  /** @returns how many messages came since this was asked last, and what else */
  counted(): { readonly messages: number; readonly failure: string | undefined } {
    const { messages, failure } = this;
    this.messages = 0;
    this.failure = undefined;
    return { messages, failure };
  }

  async close(): Promise<void> {
    await this.socket.close();
  }

  private take(packet: string): void {
    if (packet.startsWith(SAMPLES)) this.messages += 1;
    else if (!packet.startsWith('2["snapshot"')) this.failure ??= packet.slice(0, 200);
  }
}
