import type { IncomingMessage } from 'node:http';

import proxyAddress from '@fastify/proxy-addr';

/**
 * Makes a function that tells the address of a caller as the framework does: the nearest one that is not a trusted proxy.
 *
 * @param trustProxy addresses and networks of the proxies whose `X-Forwarded-For` is believed
 */
export function addressBehind(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const isTrusted = proxyAddress.compile([...trustProxy]);
  return (request) => proxyAddress(request, isTrusted);
}
