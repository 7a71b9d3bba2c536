import { type Handshake, RawSocket } from '../sockets/raw-socket.js';

/** A sensor that keeps account of what was acknowledged. */
export class SoakSensor {
  /** The times of the samples that were acknowledged, in milliseconds since the Unix epoch. */
  readonly acknowledged: number[] = [];
  /** How many were answered otherwise. */
  refused = 0;
  /** Why its connection ended. */
  ended: string | undefined;
  private readonly begun = new Map<string, number>();
  private nextId = 0;
  private lastMs = 0;

  private constructor(
    private readonly socket: RawSocket,
    /** The heart rate that it sends into. */
    readonly resource: string,
  ) {
    socket.hear((packet) => {
      if (packet.startsWith('3')) this.answered(packet);
      else this.ended = `a sensor was told ${packet.slice(0, 100)}`;
    });
  }

  static async open(origin: string, { token, resource }: Handshake): Promise<SoakSensor> {
    return new SoakSensor(await RawSocket.open(origin, '/', { token }), String(resource));
  }

  /** How many are not answered yet. */
  get pending(): number {
    return this.begun.size;
  }

  /** Sends what it measures now. */
  send(): void {
    const id = String(this.nextId++);
    this.lastMs = Math.max(Date.now(), this.lastMs + 1);
    this.begun.set(id, this.lastMs);
    const heartRate = 60 + (this.nextId % 60);
    const measurement = {
      heartRate,
      timestamp: new Date(this.lastMs).toISOString(),
      rrIntervals: [60_000 / heartRate],
    };
    this.socket.write([`2${id}["measurement",${JSON.stringify(measurement)}]`]);
  }

  private answered(packet: string): void {
    const id = packet.slice(1, packet.indexOf('['));
    const sentMs = this.begun.get(id);
    if (sentMs === undefined) return;
    this.begun.delete(id);
    if (packet.includes('"stored":1,')) this.acknowledged.push(sentMs);
    else this.refused += 1;
  }
}
