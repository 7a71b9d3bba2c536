import type { IncomingMessage } from 'node:http';

const PARAMETER = 'token';
const taken = new WeakMap<object, readonly string[]>();

/**
 * Takes what stands as `token` in the query of a request's address out of it, before anybody can log the address: from
 * then on it reads `[redacted]` there.
 */
export function takeQueryTokens(request: Pick<IncomingMessage, 'url'>): void {
  const [path = '', ...rest] = (request.url ?? '').split(/(?=\?)/);
  const query = new URLSearchParams(rest.join(''));
  const tokens = query.getAll(PARAMETER);
  if (tokens.length === 0) return;
  taken.set(request, tokens);
  query.set(PARAMETER, '[redacted]');
  request.url = `${path}?${query.toString()}`;
}

/** What was taken out of the address of a request. */
export function queryTokensOf(request: object): readonly string[] {
  return taken.get(request) ?? [];
}
