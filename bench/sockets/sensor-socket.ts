import { type Handshake, RawSocket } from './raw-socket.js';

/** What came of the messages of a sensor since it was asked last. */
export interface Sent {
  /** Measurements that were acknowledged as stored. */
  stored: number;
  /** Messages that were answered otherwise. */
  failures: number;
  failure: string | undefined;
  /** How long each answer took, in milliseconds. */
  latenciesMs: number[];
}

const HOUR_MS = 3_600_000;
const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'));
/** So many messages are written at once by whoever does not wait for answers. */
const BURST = 500;

const nothing = (): Sent => ({ stored: 0, failures: 0, failure: undefined, latenciesMs: [] });

/** One sensor: sends measurements, each with a time of its own, and counts the answers. */
export class SensorSocket {
  private sent = nothing();
  private readonly begun = new Map<string, number>();
  private nextId = 0;
  private nextMs = Date.now() - 6 * HOUR_MS;
  /** What the times of the running second begin with: to write each anew would take as long as all the rest. */
  private second = '';
  private isSending = false;
  private whenDone: (() => void) | undefined;

  private constructor(
    private socket: RawSocket,
    private readonly batch: number,
    private readonly window: number | 'unlimited',
    private readonly reopen: () => Promise<RawSocket>,
  ) {
    this.hear();
  }

  static async open(
    origin: string,
    handshake: Handshake,
    { batch, window }: { readonly batch: number; readonly window: number | 'unlimited' },
  ): Promise<SensorSocket> {
    const open = (): Promise<RawSocket> => RawSocket.open(origin, '/', handshake);
    return new SensorSocket(await open(), batch, window, open);
  }

  /** Begins to send. */
  begin(): void {
    this.isSending = true;
    if (this.window === 'unlimited') this.flood();
    else this.send(this.window);
  }

  /** Sends no more, and waits for what is under way. @returns what came of it */
  async end(): Promise<Sent> {
    this.isSending = false;
    if (this.begun.size > 0 && this.socket.isOpen) await new Promise<void>((resolve) => (this.whenDone = resolve));
    const { sent } = this;
    this.sent = nothing();
    return sent;
  }

  async close(): Promise<void> {
    await this.socket.close();
  }

  private send(messages: number): void {
    const now = performance.now();
    const packets = Array.from({ length: messages }, () => {
      const id = String(this.nextId++);
      this.begun.set(id, now);
      return `2${id}["measurement",${this.message()}]`;
    });
    this.socket.write(packets);
  }

  /** Writes as much as the connection takes, without a wish for answers. */
  private flood(): void {
    while (this.isSending && this.socket.isOpen && this.socket.isTaken) {
      this.socket.write(Array.from({ length: BURST }, () => `2["measurement",${this.message()}]`));
    }
    if (this.isSending && this.socket.isOpen) {
      this.socket.whenTaken(() => {
        this.flood();
      });
    }
  }

  private message(): string {
    if (this.batch === 1) return this.measurement();
    return `[${Array.from({ length: this.batch }, () => this.measurement()).join()}]`;
  }

  private measurement(): string {
    const ms = this.nextMs++;
    const thousandths = ms % 1000;
    if (thousandths === 0 || this.second === '') this.second = new Date(ms).toISOString().slice(0, 20);
    return `{"heartRate":${60 + (ms % 60)},"timestamp":"${this.second}${THOUSANDTHS[thousandths] ?? ''}Z"}`;
  }

  private hear(): void {
    this.socket.hear((packet) => {
      if (packet.startsWith('3')) this.answered(packet);
      else if (packet.startsWith('1')) void this.over();
      if (this.begun.size === 0) this.whenDone?.();
    });
  }

  private answered(packet: string): void {
    const id = packet.slice(1, packet.indexOf('['));
    const begun = this.begun.get(id);
    if (begun === undefined) return;
    this.begun.delete(id);
    if (packet.includes(`"stored":${this.batch},`)) {
      this.sent.stored += this.batch;
      this.sent.latenciesMs.push(performance.now() - begun);
    } else this.fail(packet.slice(packet.indexOf('[')));
    if (this.isSending) this.send(1);
  }

  /** Whoever does not wait for answers may be thrown out, and comes back. */
  private async over(): Promise<void> {
    this.begun.clear();
    if (this.window !== 'unlimited') this.fail('the connection ended');
    else if (this.isSending) {
      this.socket = await this.reopen();
      this.hear();
      this.flood();
    }
  }

  private fail(failure: string): void {
    this.sent.failures += 1;
    this.sent.failure ??= failure;
  }
}
