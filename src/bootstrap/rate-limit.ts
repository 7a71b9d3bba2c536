import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { digest } from '../common/digest.js';
import { pathOf } from './route-label.js';

/** How often one caller may send a kind of request. */
export interface RateLimit {
  /** Limits of one name share nothing with others. */
  readonly name: string;
  /** Every method when it is not said; `GET` means `HEAD` too. */
  readonly method?: string;
  /** The path below the base path; a segment `*` is any one segment, a last segment `**` any number of them. */
  readonly path: string;
  readonly perMinute: number;
  /** Who counts as one caller: an address, or a client, told by its credentials, at an address. */
  readonly by: 'address' | 'client';
}

/**
 * Refuses requests beyond the limits before anything else looks at them, so that routes of middleware are protected
 * too. The counts are of this process.
 *
 * @see RFC 6585 section 4
 */
export function limitRates(server: FastifyInstance, limits: readonly RateLimit[]): void {
  const rules = limits.map((limit) => ({
    applies: matcherOf(limit),
    keyOf: limit.by === 'client' ? clientOf : ({ ip }: FastifyRequest) => ip,
    limiter: new RateLimiterMemory({ keyPrefix: limit.name, points: limit.perMinute, duration: 60 }),
  }));
  server.addHook('onRequest', async (request, reply) => {
    for (const { limiter, keyOf } of rules.filter(({ applies }) => applies(request))) {
      const waitMs = await limiter.consume(digest(keyOf(request))).then(
        () => undefined,
        (refusal: unknown) => (refusal as RateLimiterRes).msBeforeNext,
      );
      if (waitMs === undefined) continue;
      return reply
        .code(429)
        .header('retry-after', Math.max(1, Math.ceil(waitMs / 1000)))
        .header('cache-control', 'no-store')
        .send({ error: 'slow_down', error_description: 'Too many requests: wait before the next one.' });
    }
    return undefined;
  });
}

function matcherOf({ method, path }: RateLimit): (request: FastifyRequest) => boolean {
  const pattern = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '(?:/.*)?')
    .replace(/(?<=\/)\*(?=\/|$)/g, '[^/]+');
  // The router of a middleware may be less strict about case, escapes and slashes than ours is.
  const matching = new RegExp(`^${pattern}/*$`, 'i');
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  // The router has refused what cannot be decoded.
  return (request) =>
    (method === undefined || methods.includes(request.method)) && matching.test(decodeURI(pathOf(request)));
}

/** A stranger who only names another's client spends the budget of his own address, not the client's. */
function clientOf({ headers: { authorization = '' }, ip }: FastifyRequest): string {
  const [scheme = '', credentials = ''] = authorization.trim().split(/\s+/, 2);
  if (/^basic$/i.test(scheme))
    return `${ip} basic ${Buffer.from(credentials, 'base64').toString().split(':', 1)[0] ?? ''}`;
  return /^bearer$/i.test(scheme) ? `${ip} bearer ${digest(credentials)}` : ip;
}
