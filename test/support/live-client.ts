import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { io, type Socket } from 'socket.io-client';
import { request } from 'undici';

import type { RefusalMessage } from '../../src/uma/index.js';
import { eventually } from './eventually.js';

/** A message of a stream as its client got it. */
export interface LiveMessage {
  readonly name: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** What every viewer remembers, on whatever transport. */
abstract class Viewer {
  readonly heard: LiveMessage[] = [];

  /** The heart rates it was told, in order, those of snapshots left out. */
  get heartRates(): readonly number[] {
    return this.samples.map(({ heartRate }) => heartRate);
  }

  /** When the heart rates that it was told were measured, in the order in which it was told. */
  get times(): readonly string[] {
    return this.samples.map(({ recordedAt }) => recordedAt);
  }

  /** Why its stream ended. */
  get end(): unknown {
    return this.of('ended')[0]?.['reason'];
  }

  /** Place in the stream of the last message that has one. */
  get lastId(): string {
    return String([...this.of('snapshot'), ...this.of('samples')].at(-1)?.['id']);
  }

  private get samples(): readonly { readonly heartRate: number; readonly recordedAt: string }[] {
    return this.of('samples').flatMap(({ samples }) => samples as typeof this.samples);
  }

  of(name: string): readonly LiveMessage['message'][] {
    return this.heard.filter((one) => one.name === name).map(({ message }) => message);
  }

  /** Waits until it was told so many messages of one name. */
  async told(name: string, times = 1): Promise<readonly LiveMessage['message'][]> {
    await eventually(() => this.of(name).length >= times);
    return this.of(name);
  }

  /** Waits until it was told so many heart rates. */
  async counts(heartRates: number): Promise<readonly number[]> {
    await eventually(() => this.heartRates.length >= heartRates);
    return this.heartRates;
  }
}

/** A viewer on a socket. */
export class LiveClient extends Viewer {
  private constructor(readonly socket: Socket) {
    super();
    socket.onAny((name: string, message: LiveMessage['message']) => this.heard.push({ name, message }));
  }

  /** @throws RefusalMessage with which the handshake is refused */
  static async connect(
    url: string,
    auth: Readonly<Record<string, unknown>>,
    options: object = {},
  ): Promise<LiveClient> {
    const socket = io(`${url}/live`, {
      auth,
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      ...options,
    });
    const client = new LiveClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => {
        socket.disconnect();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a test wants to look at
        reject((error as Error & { data?: RefusalMessage }).data ?? { error: error.message });
      });
    });
    return client;
  }

  /** Sends an order. @returns its answer */
  order(name: string, ...sent: readonly unknown[]): Promise<unknown> {
    return this.socket.emitWithAck(name, ...sent) as Promise<unknown>;
  }

  leave(): void {
    this.socket.disconnect();
  }
}

/** A viewer that reads server-sent events. */
export class EventReader extends Viewer {
  private constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string | string[] | undefined>>,
    private readonly body: Readable,
    private readonly stop: AbortController,
  ) {
    super();
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const stop = new AbortController();
    const answer = await request(url, { headers, signal: stop.signal });
    const reader = new EventReader(answer.statusCode, answer.headers, answer.body, stop);
    reader.read();
    return reader;
  }

  /** Waits until the server has ended it. */
  async ended(): Promise<void> {
    if (!this.body.readableEnded) await once(this.body, 'end');
  }

  leave(): void {
    this.stop.abort();
  }

  private read(): void {
    let text = '';
    this.body.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.take(event);
    });
    this.body.on('error', () => undefined);
  }

  private take(event: string): void {
    const fields = new Map(
      event.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.replace(/^[^:]*: /, '')]),
    );
    const [name, data] = [fields.get('event'), fields.get('data')];
    if (name === undefined || data === undefined) return;
    this.heard.push({ name, message: JSON.parse(data) as LiveMessage['message'] });
  }
}
