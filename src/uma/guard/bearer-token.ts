import type { IncomingMessage } from 'node:http';

/** What a request brings as proof: nothing, a token by one of the schemes, or something that must not be looked at. */
export type Presented =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly scheme: TokenScheme; readonly token: string };

/** Ways of presenting a token. @see RFC 6750 section 2.1, RFC 9449 section 7.1 */
export type TokenScheme = 'bearer' | 'dpop';

const NOTHING: Presented = { kind: 'nothing' };
const MALFORMED: Presented = { kind: 'malformed' };
const BEARER = /^(Bearer)(?:$|\s)/i;
const BEARER_OR_DPOP = /^(Bearer|DPoP)(?:$|\s)/i;
const TOKEN = /^[a-z]+ +([A-Za-z0-9\-._~+/]+=*)$/i;
const LONE_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Whether a text has the form of a token. @see RFC 6750 section 2.1 */
export const isToken = (text: string): boolean => LONE_TOKEN.test(text);

type RawRequest = Pick<IncomingMessage, 'rawHeaders'>;

/**
 * Reads the bearer token of a request. Other schemes count as nothing. Two `Authorization` headers, a token in the
 * query or anything after the token make the request malformed: two readers could see two tokens.
 *
 * @see RFC 6750 sections 2 and 3.1
 */
export function presentedToken(raw: RawRequest, query: unknown): Presented {
  return presented(raw, query, BEARER);
}

/**
 * Reads the requesting party token of a request, which may be bound to a key, and be presented as such; else the same.
 *
 * @param otherHeader in lower case: a header that may hold the token alone. In two places it is malformed.
 */
export function presentedRpt(raw: RawRequest, query: unknown, otherHeader?: string): Presented {
  const usual = presented(raw, query, BEARER_OR_DPOP);
  const [value, another] = otherHeader === undefined ? [] : headerValues(raw.rawHeaders, otherHeader);
  if (value === undefined || usual.kind === 'malformed') return usual;
  if (another !== undefined || usual.kind === 'token' || !isToken(value)) return MALFORMED;
  return { kind: 'token', scheme: 'bearer', token: value };
}

function presented(raw: RawRequest, query: unknown, schemes: RegExp): Presented {
  const [header = '', another] = headerValues(raw.rawHeaders, 'authorization');
  if (another !== undefined || hasToken(query)) return MALFORMED;
  const scheme = schemes.exec(header)?.[1];
  if (scheme === undefined) return NOTHING;
  const token = TOKEN.exec(header)?.[1];
  return token === undefined ? MALFORMED : { kind: 'token', scheme: scheme.toLowerCase() as TokenScheme, token };
}

const hasToken = (query: unknown): boolean => typeof query === 'object' && query !== null && 'access_token' in query;

/**
 * Every value of a header. Node keeps only the first of several `Authorization` headers in `headers`, so the raw list is
 * searched.
 *
 * @param name in lower case
 */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index];
    if (candidate?.length === name.length && candidate.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}
