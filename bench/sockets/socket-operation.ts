import type { Handshake } from './raw-socket.js';

/** What sockets do again and again: sensors send, viewers see. */
export interface SocketOperation {
  readonly origin: string;
  /** What each sensor shows. */
  readonly sensors: readonly Handshake[];
  /** How many measurements a message carries; a single one is no array. */
  readonly batch: number;
  /** How many messages of a sensor are under way at once; `unlimited`: it does not wait for answers. */
  readonly window: number | 'unlimited';
  /** What each viewer shows; when there are viewers, what they get is counted, else what is acknowledged to sensors. */
  readonly viewers: readonly Handshake[];
}

/** The namespace of the viewers. */
export const LIVE = '/live';
