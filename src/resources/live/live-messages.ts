import type { UmaDecision } from '../../uma/guard/uma-decision.js';
import { type HeartRate, heartRateOf } from '../heart-rate-answer.js';
import type { Sample } from '../../measurements/reading.js';

/** Why a stream ends, in a word that its client understands. */
export type EndReason =
  /** The token is good for nothing any more, before its time: its owner has stopped sharing, or was suspended. */
  | 'withdrawn'
  /** The time of the token, or of its permission, is over. */
  | 'expired'
  /** The token is good, but not for this stream any more. */
  | 'narrowed'
  /** There is no such resource any more. */
  | 'deleted'
  /** Nobody can say whether the stream may go on: the authorization server does not answer. */
  | 'unreachable'
  /** The client took too little for too long. */
  | 'too_slow'
  /** The server stops; another one goes on. */
  | 'shutdown';

/** Where a stream begins. */
export interface Snapshot {
  readonly resource: string;
  /** Place in the stream, to go on from after a reconnection. */
  readonly id: string;
  /** The newest sample, when there is any. */
  readonly latest?: HeartRate;
  /** It was not possible to go on from the place that the client named: what is between can be read as a range. */
  readonly restarted?: true;
  /** When the token, or its permission, ends: RFC 3339. */
  readonly expiresAt?: string;
}

/** Samples in the order in which they were stored. */
export interface Samples {
  readonly resource: string;
  /** Place in the stream after them. */
  readonly id: string;
  readonly samples: readonly HeartRate[];
  /** How many before these were left out, because the client was too slow. */
  readonly dropped?: number;
}

/** The token of a stream ends soon: a new one keeps it open. */
export interface Expiring {
  readonly resource: string;
  readonly expiresAt: string;
}

/** The last that is said of a stream. */
export interface Ended {
  readonly resource: string;
  readonly reason: EndReason;
}

/** What a client is told, by name of the event. */
export interface LiveMessages {
  readonly snapshot: Snapshot;
  readonly samples: Samples;
  readonly 'auth:expiring': Expiring;
  readonly ended: Ended;
}

/** `expiresAt` of a decision that ends. */
export const expiryOf = ({ endsMs }: UmaDecision): { readonly expiresAt?: string } =>
  endsMs === undefined ? {} : { expiresAt: new Date(endsMs).toISOString() };

/** Samples as a client gets them. @param position after them */
export function samplesMessage(resource: string, samples: readonly Sample[], position: number): Samples {
  return { resource, id: String(position), samples: samples.map(heartRateOf) };
}
