import type { IncomingMessage, ServerResponse } from 'node:http';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';

const COLLECTION = new RegExp(`${ENDPOINTS.resourceRegistration}/?$`);

/**
 * Answers 405 to the methods that the resource registration endpoint does not have; Nest itself would answer 404.
 *
 * @see UMA 2.0 Federated Authorization section 3.2 (`unsupported_method_type`)
 */
export function refuseUnsupportedMethod(
  { method = '', originalUrl }: IncomingMessage & { readonly originalUrl: string },
  response: ServerResponse,
  next: () => void,
): void {
  const [path = ''] = originalUrl.split('?');
  const allowed = COLLECTION.test(path) ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD', 'PUT', 'DELETE'];
  if (allowed.includes(method)) {
    next();
    return;
  }
  const error = new UmaError('unsupported_method_type', 'This method is not supported here.');
  response.writeHead(error.status, {
    allow: allowed.join(', '),
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  });
  response.end(JSON.stringify(error.toBody()));
}
