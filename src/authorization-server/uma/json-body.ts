import type { FastifyRequest } from 'fastify';

import { parseStrictJson } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * The JSON body of a protection API request, which arrives as the text that was sent.
 *
 * @param limit the most bytes the body may have
 * @throws UmaError `invalid_request` for another content type, malformed JSON or a repeated member, `payload_too_large`
 * @see UMA 2.0 Federated Authorization section 3.2
 */
export function strictJsonBody({ headers, body }: Pick<FastifyRequest, 'headers' | 'body'>, limit = Infinity): unknown {
  if (typeof body !== 'string' || !JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new UmaError('invalid_request', 'The request must have a body of type application/json.');
  }
  if (Buffer.byteLength(body) > limit) {
    throw new UmaError('payload_too_large', `The body may have ${limit} bytes at most.`);
  }
  return parseStrictJson(body);
}
