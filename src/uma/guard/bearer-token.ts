import type { IncomingMessage } from 'node:http';

/** What a request brings as proof: nothing, a bearer token, or something that must not be looked at. */
export type Presented = { readonly kind: 'nothing' | 'malformed' } | { readonly kind: 'token'; readonly token: string };

const NOTHING: Presented = { kind: 'nothing' };
const MALFORMED: Presented = { kind: 'malformed' };
const BEARER = /^Bearer(?:$|\s)/i;
const BEARER_TOKEN = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const AUTHORIZATION = 'authorization';

/**
 * Reads the bearer token of a request. Other schemes count as nothing. Two `Authorization` headers, a token in the
 * query or anything after the token make the request malformed: two readers could see two tokens.
 *
 * @see RFC 6750 sections 2 and 3.1
 */
export function presentedToken(raw: Pick<IncomingMessage, 'rawHeaders'>, query: unknown): Presented {
  if (typeof query === 'object' && query !== null && 'access_token' in query) return MALFORMED;
  const header = authorizationOf(raw.rawHeaders);
  if (header === 'several') return MALFORMED;
  if (header === undefined || !BEARER.test(header.value)) return NOTHING;
  const token = BEARER_TOKEN.exec(header.value)?.[1];
  return token === undefined ? MALFORMED : { kind: 'token', token };
}

/** Node keeps only the first of several `Authorization` headers in `headers`, so the raw list is searched. */
function authorizationOf(rawHeaders: readonly string[]): { readonly value: string } | 'several' | undefined {
  let found: { value: string } | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue;
    if (found !== undefined) return 'several';
    found = { value: rawHeaders[index + 1] ?? '' };
  }
  return found;
}
