import { io, type Socket } from 'socket.io-client';

const ENDED = 'ended';

/** A viewer of a live stream who notes when it heard something last. */
export class Watching {
  private lastMs = -Infinity;
  private reason: unknown;
  private hasSpokenAfter = false;
  private onEnd: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.onAny((event: string, message: { readonly reason?: string }) => {
      if (this.reason !== undefined) this.hasSpokenAfter = true;
      this.lastMs = performance.now();
      if (event !== ENDED) return;
      this.reason = message.reason;
      this.onEnd();
    });
  }

  /** @throws Error when it is not let in */
  static async begin(origin: string, resource: string, token: string): Promise<Watching> {
    const options = { forceNew: true, reconnection: false, transports: ['websocket'] };
    const socket = io(`${origin}/live`, { ...options, auth: { resource, token } });
    const watching = new Watching(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    const answer = (await socket.emitWithAck('subscribe', {})) as { readonly error?: string };
    if (answer.error !== undefined) throw new Error(`A viewer was not let in: ${answer.error}.`);
    return watching;
  }

  /** Waits for the end of the stream. @returns when it came, by `performance.now()` */
  async end(): Promise<number> {
    if (this.reason === undefined) await new Promise<void>((resolve) => (this.onEnd = resolve));
    if (this.reason !== 'withdrawn') throw new Error(`A stream ended because it was ${String(this.reason)}.`);
    return this.lastMs;
  }

  /** Goes. @throws Error when something came after the end */
  leave(): void {
    this.socket.disconnect();
    if (this.hasSpokenAfter) throw new Error('Something came after the end of a stream.');
  }
}
