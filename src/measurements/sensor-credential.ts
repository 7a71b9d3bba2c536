import type { IncomingMessage } from 'node:http';

import { presentedToken } from '../uma/guard/bearer-token.js';

/**
 * The credential that a sensor presents: `auth.token` of a socket's handshake, else a Bearer token.
 *
 * @see RFC 6750 section 2.1
 */
export function credentialOf(
  request: Pick<IncomingMessage, 'rawHeaders'>,
  auth: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const token = auth['token'];
  if (typeof token === 'string') return token;
  const presented = presentedToken(request, undefined);
  return presented.kind === 'token' ? presented.token : undefined;
}
