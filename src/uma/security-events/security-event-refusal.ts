import type { FastifyReply } from 'fastify';

import { UmaRefusal } from '../guard/uma-refusal.js';
import type { SecurityEventError } from '../protocol/security-event-error.js';

/** Makes an answer of an error, for whoever pushes. @see RFC 8935 section 2.3 */
export function refusalOf(error: SecurityEventError, reply: FastifyReply): UmaRefusal {
  void reply.header('content-language', 'en').header('cache-control', 'no-store');
  return new UmaRefusal(400, error.code, error.message, { body: error.toBody() });
}
