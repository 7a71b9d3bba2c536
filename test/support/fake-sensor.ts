import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** A sensor that talks to a resource server over a real socket. */
export class FakeSensor {
  /** Events of the server, other than answers, in their order: name and arguments. */
  readonly heard: unknown[][] = [];

  private constructor(readonly socket: Socket) {
    socket.onAny((...event: unknown[]) => this.heard.push(event));
  }

  /**
   * Connects with a credential in the handshake, or with whatever `options` say.
   *
   * @throws Error with the server's word, such as `unauthorized`
   */
  static async connect(
    url: string,
    credential: string | undefined,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<FakeSensor> {
    const socket = io(url, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      ...(credential !== undefined && { auth: { token: credential } }),
      ...options,
    });
    const sensor = new FakeSensor(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => {
        socket.disconnect();
        reject(error);
      });
    });
    return sensor;
  }

  /** Sends one message and waits for its answer. */
  send(...message: unknown[]): Promise<unknown> {
    return this.socket.emitWithAck('measurement', ...message) as Promise<unknown>;
  }

  /** Waits for an event of the server. */
  next(event: string): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.socket.once(event, (...parts: unknown[]) => {
        resolve(parts);
      });
    });
  }

  /** Waits until the server has closed the socket. */
  async closed(): Promise<void> {
    if (this.socket.connected) await this.next('disconnect');
  }

  leave(): void {
    this.socket.disconnect();
  }
}
