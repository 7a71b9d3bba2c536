import type { IncomingMessage } from 'node:http';

import { presentedToken } from '../uma/guard/bearer-token.js';
import { queryTokensOf } from './query-tokens.js';

/** Protocol of the socket.io clients of before, 1.x and 2.x, in which a handshake has no place for a credential. */
const OLD_PROTOCOL = 3;

/** What is known of a socket that wants to be let in. */
export interface Handshake {
  readonly request: Pick<IncomingMessage, 'rawHeaders'>;
  readonly handshake: { readonly auth: Readonly<Record<string, unknown>>; readonly query: unknown };
  readonly conn: { readonly protocol: number };
}

/** The credential that a sensor presents with a request: a Bearer token. @see RFC 6750 section 2.1 */
export function requestCredential(request: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  const presented = presentedToken(request, undefined);
  return presented.kind === 'token' ? presented.token : undefined;
}

/**
 * The credential that a sensor presents with the handshake of its socket: `auth.token`, a Bearer token or, for clients
 * that speak protocol 3 alone, `token` in the query. In the query of any other, or where two of them differ, there is
 * none: a reader of the address, or another reader of the handshake, would know another sensor.
 */
export function handshakeCredential(socket: Handshake): string | undefined {
  return theOnly(presentedIn(socket));
}

/** The credential `tied`, for a socket that presents none, or the same. */
export function tiedCredential(socket: Handshake, tied: string): string | undefined {
  return theOnly([...presentedIn(socket), tied]);
}

/** Everything that is presented; `undefined` among it is what must not be looked at. */
function presentedIn({ request, handshake, conn }: Handshake): readonly unknown[] {
  const inQuery = queryTokensOf(request);
  if (inQuery.length > 0 && conn.protocol !== OLD_PROTOCOL) return [undefined];
  const { token } = handshake.auth;
  const bearer = presentedToken(request, handshake.query);
  if (bearer.kind === 'malformed') return [undefined];
  return [...inQuery, ...(token === undefined ? [] : [token]), ...(bearer.kind === 'token' ? [bearer.token] : [])];
}

function theOnly(presented: readonly unknown[]): string | undefined {
  const [credential, ...others] = new Set(presented);
  return typeof credential === 'string' && others.length === 0 ? credential : undefined;
}
