import type { Handshake } from '../sockets/raw-socket.js';

/** A sensor: what it shows, and the heart rate that it sends into. */
export interface SensorHandshake extends Handshake {
  readonly token: string;
  readonly resource: string;
}

/** Who sends and who watches. */
export interface SoakLoad {
  readonly origin: string;
  readonly sensors: readonly SensorHandshake[];
  readonly viewers: readonly Handshake[];
}

/** What came of a minute: counts since the beginning, times of the minute alone. */
export interface Minute {
  readonly acknowledged: number;
  readonly delivered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  readonly loadBusy: number;
}

/** What came of it all. */
export interface Result {
  /** Of each sensor, the times of the samples that were acknowledged, in milliseconds since the Unix epoch. */
  readonly acknowledged: readonly (readonly number[])[];
  readonly unacknowledged: number;
  readonly delivered: number;
  readonly missed: number;
  readonly disordered: number;
  readonly ended: readonly string[];
}
