import { WebSocket } from 'undici';

/** Revision of the protocol below socket.io: 4 is today's, 3 that of socket.io 1 and 2. */
export type Revision = 3 | 4;

/**
 * A sensor that writes each frame by hand, good or bad: `4` begins a packet of socket.io, in which `0` connects, `2` is an
 * event and `3` an answer.
 */
export class RawSensor {
  /** Frames of the server, in their order. */
  readonly frames: string[] = [];
  /** Ends with the connection. */
  readonly closed: Promise<void>;
  private readonly waiting = new Set<() => void>();
  private lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(String(data));
      for (const look of this.waiting) look();
    });
    // A connection that breaks off is told as an error first.
    socket.addEventListener('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', () => {
        resolve();
      });
    });
  }

  /** Opens a connection; nobody is let in by that yet. @throws Error when the server refuses to speak at all */
  static async open(url: string, revision: Revision, query: Readonly<Record<string, string>> = {}): Promise<RawSensor> {
    const address = new URL('/socket.io/', url.replace(/^http/, 'ws'));
    address.search = new URLSearchParams({ EIO: `${revision}`, transport: 'websocket', ...query }).toString();
    const sensor = new RawSensor(new WebSocket(address));
    await Promise.race([
      sensor.next('0'),
      sensor.closed.then(() => {
        throw new Error('refused');
      }),
    ]);
    return sensor;
  }

  /** Opens a connection and shows a credential as the revision has it. */
  static async connect(url: string, revision: Revision, token: string): Promise<RawSensor> {
    const sensor = await RawSensor.open(url, revision, revision === 3 ? { token } : {});
    if (revision === 4) sensor.write(`40${JSON.stringify({ token })}`);
    await sensor.next('40');
    return sensor;
  }

  write(frame: string | Uint8Array<ArrayBuffer>): void {
    this.socket.send(frame);
  }

  /** Sends an event and waits for its answer. */
  async ask(event: unknown, ...message: readonly unknown[]): Promise<unknown> {
    const id = ++this.lastId;
    this.write(`42${id}${JSON.stringify([event, ...message])}`);
    const answer = await this.next(`43${id}[`);
    return (JSON.parse(answer.slice(answer.indexOf('['))) as readonly unknown[])[0];
  }

  /** Waits for a frame that begins like this, among all that have come. */
  next(beginning: string): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const frame = this.frames.find((one) => one.startsWith(beginning));
        if (frame === undefined) return;
        this.waiting.delete(look);
        resolve(frame);
      };
      this.waiting.add(look);
      look();
    });
  }

  leave(): void {
    this.socket.close();
  }
}
