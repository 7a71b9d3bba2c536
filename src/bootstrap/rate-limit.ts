import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { digest } from '../common/digest.js';
import { pathOf } from './route-label.js';

/** How often one caller may send a kind of request. */
export interface RateLimit {
  /** What is limited. */
  readonly name: string;
  /** Every method when it is not said; `GET` means `HEAD` too. */
  readonly method?: string;
  /**
   * The paths below the base path that share the limit; a segment `*` is any one segment, a last segment `**` any number
   * of them.
   */
  readonly paths: readonly string[];
  readonly perMinute: number;
  /**
   * Who counts as one caller: an address, or a client or session at an address, told by its credentials or by a cookie.
   * An address whose credentials are refused this often gets no further with others: else whoever invents them would
   * never be counted.
   */
  readonly by: 'address' | 'client' | { readonly cookie: string };
}

/** A limit at work: what a request has to spend, and what it costs afterwards. */
interface Rule {
  readonly applies: (request: FastifyRequest) => boolean;
  /** @returns how long to wait, in milliseconds, when there is nothing left to spend */
  readonly spend: (request: FastifyRequest) => Promise<number | undefined>;
  readonly refused: (request: FastifyRequest) => Promise<unknown>;
}

/**
 * Refuses requests beyond the limits before anything else looks at them, so that routes of middleware are protected
 * too. The counts are of this process.
 *
 * @see RFC 6585 section 4
 */
export function limitRates(server: FastifyInstance, limits: readonly RateLimit[]): void {
  const rules = limits.map(ruleOf);
  server.addHook('onRequest', async (request, reply) => {
    for (const { spend } of rules.filter(({ applies }) => applies(request))) {
      const waitMs = await spend(request);
      if (waitMs === undefined) continue;
      return reply
        .code(429)
        .header('retry-after', Math.max(1, Math.ceil(waitMs / 1000)))
        .header('cache-control', 'no-store')
        .send({ error: 'slow_down', error_description: 'Too many requests: wait before the next one.' });
    }
    return undefined;
  });
  server.addHook('onResponse', async (request, { statusCode }) => {
    if (statusCode !== 401) return;
    await Promise.all(rules.filter(({ applies }) => applies(request)).map(({ refused }) => refused(request)));
  });
}

function ruleOf(limit: RateLimit): Rule {
  const { name, perMinute, by } = limit;
  const limiterOf = (keyPrefix: string) => new RateLimiterMemory({ keyPrefix, points: perMinute, duration: 60 });
  const [calls, refusals] = [limiterOf(name), limiterOf(`${name} refused`)];
  const clientAt = ({ headers }: FastifyRequest): string | undefined => {
    if (by === 'address') return undefined;
    return by === 'client' ? clientOf(headers.authorization) : parseCookie(headers.cookie ?? '')[by.cookie];
  };
  return {
    applies: matcherOf(limit),
    async spend(request) {
      const client = clientAt(request);
      const refused = client === undefined ? null : await refusals.get(digest(request.ip));
      if (refused !== null && refused.consumedPoints >= perMinute) return refused.msBeforeNext;
      return calls.consume(digest(`${request.ip} ${client ?? ''}`)).then(
        () => undefined,
        (refusal: unknown) => (refusal as RateLimiterRes).msBeforeNext,
      );
    },
    async refused(request) {
      if (clientAt(request) !== undefined) await refusals.penalty(digest(request.ip));
    },
  };
}

function matcherOf({ method, paths }: RateLimit): (request: FastifyRequest) => boolean {
  // The router of a middleware may be less strict about case, escapes and slashes than ours is.
  const matching = new RegExp(`^(?:${paths.map(patternOf).join('|')})/*$`, 'i');
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  // The router has refused what cannot be decoded.
  return (request) =>
    (method === undefined || methods.includes(request.method)) && matching.test(decodeURI(pathOf(request)));
}

function patternOf(path: string): string {
  return path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '(?:/.*)?')
    .replace(/(?<=\/)\*(?=\/|$)/g, '[^/]+');
}

/** Tells clients apart by what they call themselves, or by their token. @returns `undefined` when there is neither */
function clientOf(authorization = ''): string | undefined {
  const [scheme = '', credentials = ''] = authorization.trim().split(/\s+/, 2);
  if (/^basic$/i.test(scheme)) return `basic ${Buffer.from(credentials, 'base64').toString().split(':', 1)[0] ?? ''}`;
  return /^bearer$/i.test(scheme) ? `bearer ${digest(credentials)}` : undefined;
}
