import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { UmaRefusal } from '../../uma/guard/uma-refusal.js';

/** What a client of a socket wants; every member may be left out. */
export interface LiveOrder {
  readonly resource?: string;
  /** A token other than that of the handshake. */
  readonly token?: string;
  /** The proof that goes with it, when it is bound to a key. */
  readonly dpop?: string;
  /** The `id` of the last message that came of the resource, to go on from. */
  readonly after?: number;
}

/** What is answered when it is done. */
export interface LiveAnswer {
  readonly resource?: string;
  /** When the token, or its permission, ends: RFC 3339. */
  readonly expiresAt?: string;
}

const PLACE = /^\d{1,15}$/;

/** @throws UmaRefusal `invalid_request` when it cannot be read */
export function readOrder(message: unknown): LiveOrder {
  if (message === undefined || message === null || typeof message === 'function') return {};
  if (!isJsonObject(message)) throw unreadable('An order is an object.');
  const { after } = message;
  if (after !== undefined && !(typeof after === 'string' && PLACE.test(after))) throw unreadable('after is no id.');
  return {
    ...textOf(message, 'resource'),
    ...textOf(message, 'token'),
    ...textOf(message, 'dpop'),
    ...(after !== undefined && { after: Number(after) }),
  };
}

/** Beyond every place of a stream: whoever comes back from there begins anew, and is told so. */
const NOWHERE = Infinity;

/** The place that a reader of server-sent events comes back with; `undefined` when it comes for the first time. */
export function placeOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  return PLACE.test(lastEventId) ? Number(lastEventId) : NOWHERE;
}

function textOf(message: Readonly<Record<string, unknown>>, name: 'resource' | 'token' | 'dpop'): LiveOrder {
  const value = message[name];
  if (value === undefined) return {};
  if (typeof value !== 'string' || value === '') throw unreadable(`${name} has to be a text.`);
  return { [name]: value };
}

const unreadable = (description: string): UmaRefusal => new UmaRefusal(400, 'invalid_request', description);
