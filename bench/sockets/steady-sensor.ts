import { type Handshake, RawSocket } from './raw-socket.js';

/** A sensor that sends what it measures at its own pace, whatever is answered. */
export class SteadySensor {
  private constructor(
    private readonly socket: RawSocket,
    private readonly timer: NodeJS.Timeout,
  ) {}

  /** @param everyMs how often it sends, in milliseconds */
  static async begin(origin: string, handshake: Handshake, everyMs: number): Promise<SteadySensor> {
    const socket = await RawSocket.open(origin, '/', handshake);
    const send = (): void => {
      socket.write([`2["measurement",{"heartRate":72,"timestamp":"${new Date().toISOString()}"}]`]);
    };
    return new SteadySensor(socket, setInterval(send, everyMs));
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.socket.close();
  }
}
