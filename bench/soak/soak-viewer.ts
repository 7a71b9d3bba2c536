import { type Handshake, RawSocket } from '../sockets/raw-socket.js';
import { LIVE } from '../sockets/socket-operation.js';
import { type SamplesMessage, StreamCheck } from './stream-check.js';

/** A viewer that checks what it gets, and how late. */
export class SoakViewer {
  readonly check = new StreamCheck();
  /** Why its stream ended. */
  ended: string | undefined;
  private latenciesMs: number[] = [];

  private constructor(
    private readonly socket: RawSocket,
    readonly resource: string,
  ) {}

  static async open(origin: string, handshake: Handshake): Promise<SoakViewer> {
    const viewer = new SoakViewer(await RawSocket.open(origin, LIVE, handshake), String(handshake['resource']));
    await viewer.subscribe();
    return viewer;
  }

  /** How late the samples were that came since it was asked last, in milliseconds. */
  takeLatencies(): readonly number[] {
    const { latenciesMs } = this;
    this.latenciesMs = [];
    return latenciesMs;
  }

  /** Waits for the beginning: what is stored from then on has to come. */
  private async subscribe(): Promise<void> {
    const begun = new Promise<void>((resolve, reject) => {
      this.socket.hear((packet) => {
        if (packet.startsWith('2["snapshot"')) resolve();
        else if (packet.includes('"error"')) reject(new Error(`A viewer was not let in: ${packet}`));
      });
    });
    this.socket.write(['20["subscribe",{}]']);
    await begun;
    this.socket.hear((packet) => {
      if (packet.startsWith('2["samples"')) this.take((JSON.parse(packet.slice(1)) as [string, SamplesMessage])[1]);
      else this.ended ??= `a viewer was told ${packet.slice(0, 100)}`;
    });
  }

  private take(message: SamplesMessage): void {
    const now = Date.now();
    for (const recordedMs of this.check.take(message)) this.latenciesMs.push(now - recordedMs);
  }
}
