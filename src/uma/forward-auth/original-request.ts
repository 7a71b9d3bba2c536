import type { IncomingMessage } from 'node:http';

import { headerValues } from '../guard/bearer-token.js';

/** Proxies that ask before they pass a request on. */
export type ForwardAuthProxy = 'nginx' | 'traefik' | 'envoy';

/** A request that a proxy asks about. */
export interface OriginalRequest {
  /** In upper case. */
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
}

/** The path of the endpoint; Envoy puts that of the request behind it. */
export const FORWARD_AUTH_PATH = '/forward-auth';

type Question = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>;

/**
 * Which request a proxy asks about: each has its own way to tell, and only that of the one that is there is listened to.
 *
 * @returns `undefined` when it does not tell, or twice
 */
export function originalRequest(proxy: ForwardAuthProxy, question: Question): OriginalRequest | undefined {
  if (proxy === 'envoy') return byAddress(question);
  const [method, target] =
    proxy === 'nginx' ? ['x-original-method', 'x-original-uri'] : ['x-forwarded-method', 'x-forwarded-uri'];
  return byHeaders(headerValues(question.rawHeaders, method), headerValues(question.rawHeaders, target));
}

function byHeaders(methods: readonly string[], targets: readonly string[]): OriginalRequest | undefined {
  const [[method, otherMethod], [target, otherTarget]] = [methods, targets];
  if (method === undefined || target === undefined) return undefined;
  return otherMethod === undefined && otherTarget === undefined ? { method, target } : undefined;
}

function byAddress({ method = '', url = '' }: Question): OriginalRequest | undefined {
  const target = url.slice(FORWARD_AUTH_PATH.length);
  return url.startsWith(`${FORWARD_AUTH_PATH}/`) ? { method, target } : undefined;
}
