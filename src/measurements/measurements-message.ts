import { UmaError } from '../uma/protocol/uma-error.js';

/** How many measurements one message may carry. */
export const MAX_ITEMS = 1_000;

/**
 * The items of a message, which is one measurement or an array of them.
 *
 * @throws UmaError `invalid_request` when it is neither, `payload_too_large` when there are more than {@link MAX_ITEMS}
 */
export function itemsOf(message: unknown): readonly unknown[] {
  if (!Array.isArray(message)) {
    if (typeof message === 'object' && message !== null && !ArrayBuffer.isView(message)) return [message];
    throw new UmaError('invalid_request', 'A message is one measurement or an array of measurements.');
  }
  if (message.length > MAX_ITEMS) {
    throw new UmaError('payload_too_large', `A message carries at most ${MAX_ITEMS} measurements.`);
  }
  return message as readonly unknown[];
}
