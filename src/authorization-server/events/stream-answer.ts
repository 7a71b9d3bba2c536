import { PUSH_DELIVERY } from '../../uma/protocol/shared-signals.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { deliveredEvents, type EventStream, type StreamReceiver, SUPPORTED_EVENTS } from './event-stream.js';
import type { ReceiverAnswer, StreamAnswer, StreamStatusAnswer } from './stream-answers.js';

/** How long to wait between two verifications, in seconds. */
export const MIN_VERIFICATION_SECONDS = 10;

/** Who sends the events of a stream, and whom they name as their audience. */
export interface StreamEnds {
  readonly issuer: string;
  readonly audience: string;
}

/** A stream as its client is shown it; what has to be shown to the receiver stays here. */
export function streamAnswer(stream: EventStream, ends: StreamEnds): StreamAnswer {
  const { id, eventsRequested, description } = stream;
  return {
    stream_id: id,
    iss: ends.issuer,
    aud: ends.audience,
    delivery: { method: PUSH_DELIVERY, endpoint_url: stream.receivers[0]?.endpointUrl ?? '' },
    events_supported: [...SUPPORTED_EVENTS],
    ...(eventsRequested !== null && { events_requested: [...eventsRequested] }),
    events_delivered: [...deliveredEvents(eventsRequested)],
    min_verification_interval: MIN_VERIFICATION_SECONDS,
    ...(description !== null && { description }),
  };
}

/** One receiver of a stream: the stream as that receiver has it. */
export function receiverAnswer(stream: EventStream, receiver: StreamReceiver, ends: StreamEnds): ReceiverAnswer {
  return Object.assign(streamAnswer({ ...stream, receivers: [receiver] }, ends), { receiver_id: receiver.id });
}

/** The status of a stream. */
export function statusAnswer({ id, status, reason }: EventStream): StreamStatusAnswer {
  return { stream_id: id, status, ...(reason !== null && { reason }) };
}

/**
 * Checks what a client says of its stream that is not its to say.
 *
 * @throws UmaError `invalid_request` when something differs
 * @see SSF 1.0 sections 8.1.1.3 and 8.1.1.4 (transmitter-supplied)
 */
export function checkUnchanged(body: Readonly<Record<string, unknown>>, answer: StreamAnswer): void {
  const { iss, aud, events_supported, events_delivered, min_verification_interval } = answer;
  const fixed = { iss, aud, events_supported, events_delivered, min_verification_interval };
  const changed = Object.entries(fixed).find(
    ([member, value]) => member in body && JSON.stringify(body[member]) !== JSON.stringify(value),
  );
  if (changed !== undefined) throw new UmaError('invalid_request', `${changed[0]} cannot be changed.`);
}
