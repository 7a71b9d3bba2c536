import { Secret } from '../../common/secret.js';
import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { PUSH_DELIVERY } from '../../uma/protocol/shared-signals.js';
import { isJsonObject, isStringArray } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { STREAM_STATUSES, type StreamStatus } from './event-stream.js';

const LONGEST_URL = 2048;
const LONGEST_TEXT = 1000;
const MOST_TYPES = 100;

type JsonObject = Readonly<Record<string, unknown>>;

/** Where events are to be pushed to, and what has to be shown there. */
export interface Delivery {
  readonly endpointUrl: string;
  readonly authorization: Secret | null;
}

/** What a receiver may say of its stream. Null is what it leaves to the server. */
export interface StreamSettings {
  readonly delivery: Delivery;
  readonly eventsRequested: readonly string[] | null;
  readonly description: string | null;
}

/**
 * Reads the body of a request; members that nobody knows are ignored.
 *
 * @throws UmaError `invalid_request` when it is no JSON object
 */
export function bodyOf(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw invalid('The request must have a body that is a JSON object.');
  return body;
}

/** @throws UmaError `invalid_request` when there is none */
export function streamIdOf({ stream_id: id }: JsonObject): string {
  if (typeof id !== 'string' || id === '') throw invalid('stream_id is required.');
  return id;
}

/**
 * The settings that a body has.
 *
 * @throws UmaError `invalid_request` when one of them is not possible
 * @see SSF 1.0 section 8.1.1 (receiver-supplied)
 */
export function settingsIn(body: JsonObject): Partial<StreamSettings> {
  return {
    ...('delivery' in body && { delivery: deliveryOf(body) }),
    ...('events_requested' in body && { eventsRequested: typesOf(body['events_requested']) }),
    ...('description' in body && { description: textOf('description', body['description']) }),
  };
}

/**
 * The settings that a body has, and for the others what holds without them.
 *
 * @throws UmaError `invalid_request` when one of them is not possible, or it does not say where to push
 */
export function allSettingsIn(body: JsonObject): StreamSettings {
  return { eventsRequested: null, description: null, ...settingsIn(body), delivery: deliveryOf(body) };
}

/**
 * Where a body wants events to be pushed to: https, or plain http to this very machine. Whoever may say so is a client
 * with a secret; nothing of what is answered there comes back to it.
 *
 * @throws UmaError `invalid_request` when it is not possible
 * @see SSF 1.0 section 6.1.1
 */
export function deliveryOf({ delivery }: JsonObject): Delivery {
  // A stream without a delivery method would be a polled one: SSF 1.0 section 8.1.1.1.
  if (!isJsonObject(delivery) || delivery['method'] !== PUSH_DELIVERY) {
    throw invalid(`delivery must have the method ${PUSH_DELIVERY}: events are only pushed.`);
  }
  const { endpoint_url: endpointUrl, authorization_header: authorization } = delivery;
  if (typeof endpointUrl !== 'string' || endpointUrl.length > LONGEST_URL || !isEndpoint(endpointUrl)) {
    throw invalid('delivery.endpoint_url must be an https address, or one of this machine, without a fragment.');
  }
  if (authorization === undefined || authorization === null) return { endpointUrl, authorization: null };
  if (typeof authorization !== 'string' || !isHeaderValue(authorization)) {
    throw invalid('delivery.authorization_header must be what a header can hold.');
  }
  return { endpointUrl, authorization: new Secret(authorization) };
}

/** @throws UmaError `invalid_request` when it is not a status with its reason */
export function statusIn(body: JsonObject): { readonly status: StreamStatus; readonly reason: string | null } {
  const status = STREAM_STATUSES.find((known) => known === body['status']);
  if (status === undefined) throw invalid(`status must be one of ${STREAM_STATUSES.join(', ')}.`);
  return { status, reason: textOf('reason', body['reason']) };
}

/** @throws UmaError `invalid_request` when it is not a string, or too long to be given back */
export function stateIn({ state }: JsonObject): string | undefined {
  if (state === undefined) return undefined;
  if (typeof state !== 'string' || state.length > LONGEST_TEXT) {
    throw invalid(`state must be a string of ${LONGEST_TEXT} characters at most.`);
  }
  return state;
}

function typesOf(value: unknown): readonly string[] | null {
  if (value === null) return null;
  if (isStringArray(value) && value.length <= MOST_TYPES) return value.filter((type) => type.length <= LONGEST_URL);
  throw invalid(`events_requested must be an array of ${MOST_TYPES} event types at most.`);
}

/** Longer texts are cut, as the standard allows. */
function textOf(member: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw invalid(`${member} must be a string.`);
  return value.slice(0, LONGEST_TEXT);
}

const isEndpoint = (url: string): boolean => isSecureUrl(url) && !url.includes('#');

const isHeaderValue = (text: string): boolean => text.length <= LONGEST_URL && /^[!-~](?:[ -~]*[!-~])?$/.test(text);

const invalid = (description: string): UmaError => new UmaError('invalid_request', description);
