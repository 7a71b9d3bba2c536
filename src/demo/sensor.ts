import { io, type Socket } from 'socket.io-client';
import type { Secret } from '../common/secret.js';
import type { RecordedSample } from './recordings/recorded-sample.js';
import type { Scheduler } from './scheduler.js';
import { type Acknowledgement, type IngestCounts, readAnswer } from './sensor-answer.js';
import { SensorError } from './sensor-error.js';

/** How many measurements the resource server takes in one message. */
export const MOST_PER_MESSAGE = 1000;
/** How long an acknowledgement may take until the connection is given up, in milliseconds. */
export const ACKNOWLEDGEMENT_PATIENCE_MS = 30_000;
/** Waiting before the first attempt to connect again, in milliseconds; it doubles with each that fails. */
export const FIRST_RETRY_MS = 250;
/** The longest wait between two attempts, in milliseconds. */
export const LAST_RETRY_MS = 5000;

/** Answers after which the same message is sent again, a little later. */
const TRY_AGAIN: readonly string[] = ['slow_down', 'temporarily_unavailable', 'server_error'];

/** What a sensor needs. */
export interface SensorOptions {
  /** The resource server's base URL. */
  readonly url: string;
  /** The sensor credential that the resource owner created. */
  readonly credential: Secret;
  readonly scheduler: Scheduler;
  /** Told whenever the connection stands, the first time and again. */
  readonly onConnected?: () => void;
  /** Told whenever it is lost, or could not be made; the sensor tries again by itself. */
  readonly onDisconnected?: (reason: string) => void;
}

/** What became of all that a sensor sent. */
export interface SensorTotals extends IngestCounts {
  /** How often each reason for a refusal was given. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Somebody who waits for the sensor to get through. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: SensorError) => void;
}

/**
 * A sensor that sends heart rates to the resource server's gateway. It keeps what it measured until that is acknowledged:
 * one message is on its way at a time, with up to 1,000 measurements, and goes out again when the connection broke before
 * the answer came. The gateway stores a measurement that comes twice only once, so nothing is lost and nothing doubled.
 *
 * @see docs/architecture.md, the walk of a measurement
 */
export class Sensor {
  readonly #options: SensorOptions;
  readonly #socket: Socket;
  readonly #reasons = new Map<string, number>();
  #counts: IngestCounts = { stored: 0, duplicate: 0, refused: 0 };
  /** What is not acknowledged yet, in the order of recording. */
  #unacknowledged: RecordedSample[] = [];
  /** A message is on its way, or must wait. */
  #busy = false;
  #failedAttempts = 0;
  #failure: SensorError | undefined;
  #waiters: Waiter[] = [];
  /** There is one timer at most: for the next attempt to connect, for an answer, or for another try of a message. */
  #cancelTimer: () => void = () => undefined;

  /** Begins to connect. */
  constructor(options: SensorOptions) {
    this.#options = options;
    this.#socket = io(options.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: (answer) => {
        answer({ token: options.credential.reveal() });
      },
    });
    this.#socket.on('connect', () => {
      this.#connected();
    });
    this.#socket.on('disconnect', (reason) => {
      this.#lost(reason);
    });
    this.#socket.on('connect_error', ({ message }) => {
      if (message === 'unauthorized') this.#fail(new SensorError('unauthorized', this.#options.url));
      else this.#lost(message);
    });
  }

  /** What became of the measurements that were acknowledged so far. */
  get totals(): SensorTotals {
    return { ...this.#counts, reasons: new Map(this.#reasons) };
  }

  /**
   * Takes measurements in, to be sent as soon as possible.
   *
   * @throws SensorError when the sensor can send no more: it was refused, or closed
   */
  record(samples: readonly RecordedSample[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const sample of samples) this.#unacknowledged.push(sample);
    this.#deliver();
  }

  /**
   * Waits until everything recorded is acknowledged.
   *
   * @throws SensorError when the sensor is refused or closed before
   */
  async acknowledged(): Promise<SensorTotals> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#unacknowledged.length > 0) {
      await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    }
    return this.totals;
  }

  /** Ends the connection for good; what is not acknowledged is given up. */
  close(): void {
    this.#fail(new SensorError('closed', this.#options.url));
  }

  #connected(): void {
    this.#failedAttempts = 0;
    this.#options.onConnected?.();
    this.#deliver();
  }

  #lost(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#busy = false;
    this.#options.onDisconnected?.(reason);
    this.#later(Math.min(FIRST_RETRY_MS * 2 ** this.#failedAttempts++, LAST_RETRY_MS), () => this.#socket.connect());
  }

  #fail(error: SensorError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#cancelTimer();
    this.#socket.disconnect();
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  #deliver(): void {
    if (this.#busy || !this.#socket.connected || this.#unacknowledged.length === 0) return;
    this.#busy = true;
    const batch = this.#unacknowledged.slice(0, MOST_PER_MESSAGE);
    this.#later(ACKNOWLEDGEMENT_PATIENCE_MS, () => this.#socket.disconnect());
    this.#socket.emit('measurement', messageOf(batch), (answer: unknown) => {
      this.#answered(batch.length, answer);
    });
  }

  #answered(sent: number, answer: unknown): void {
    const read = readAnswer(answer, sent);
    if (read === undefined) this.#fail(new SensorError('unintelligible', this.#options.url));
    else if (!('error' in read)) this.#settle(sent, read);
    else if (TRY_AGAIN.includes(read.error))
      this.#later(FIRST_RETRY_MS, () => {
        this.#proceed();
      });
    else this.#fail(new SensorError('refused', this.#options.url, `${read.error}: ${read.description}`));
  }

  #settle(sent: number, { stored, duplicate, refused, refusals }: Acknowledgement): void {
    this.#unacknowledged.splice(0, sent);
    this.#counts = {
      stored: this.#counts.stored + stored,
      duplicate: this.#counts.duplicate + duplicate,
      refused: this.#counts.refused + refused,
    };
    for (const { reason } of refusals) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    if (this.#unacknowledged.length === 0) for (const { resolve } of this.#waiters.splice(0)) resolve();
    this.#cancelTimer();
    this.#proceed();
  }

  #proceed(): void {
    this.#busy = false;
    this.#deliver();
  }

  #later(delayMs: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.scheduler.after(delayMs, action);
  }
}

type Measurement = Readonly<{ heartRate: number; timestamp: string }>;

function messageOf(batch: readonly RecordedSample[]): Measurement | readonly Measurement[] {
  const measurements = batch.map(({ recordedAtMs, heartRate }) => ({
    heartRate,
    timestamp: new Date(recordedAtMs).toISOString(),
  }));
  return measurements.length === 1 && measurements[0] !== undefined ? measurements[0] : measurements;
}
