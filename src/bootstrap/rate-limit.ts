import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { digest } from '../common/digest.js';
import { Recent } from '../common/recent.js';
import { answerTo } from './error-answer.js';
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

/** What a limit looks at. */
export interface LimitedCall {
  readonly method: string;
  /** Below the base path, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address. */
  readonly ip: string;
}

/** Callers choose their names: what is kept of one has a bound. */
const LONGEST_KEY = 128;

/** A limit at work: what a call has to spend, and what it costs afterwards. */
interface Rule {
  readonly applies: (call: LimitedCall) => boolean;
  /** @returns how long to wait, in milliseconds, when there is nothing left to spend */
  readonly spend: (call: LimitedCall) => Promise<number | undefined>;
  readonly refused: (call: LimitedCall) => Promise<unknown>;
}

/** The limits of a server. The counts are of this process. */
export class RateLimits {
  private readonly rules: readonly Rule[];
  /** Which rules apply to what was called lately. */
  private readonly known = new Recent<string, readonly Rule[]>(200);
  private readonly counted = new WeakSet<IncomingMessage>();

  constructor(limits: readonly RateLimit[]) {
    this.rules = limits.map(ruleOf);
  }

  /**
   * Counts a call, however often its request is looked at.
   *
   * @throws TooManyRequests when nothing is left to spend
   */
  async spend(request: IncomingMessage, call: LimitedCall): Promise<void> {
    if (this.counted.has(request)) return;
    this.counted.add(request);
    for (const rule of this.rulesFor(call)) {
      const waitMs = await rule.spend(call);
      if (waitMs !== undefined) throw new TooManyRequests(waitMs);
    }
  }

  /** Tells how a call was answered: that credentials were refused counts too. */
  answered(call: LimitedCall, status: number): Promise<unknown> | undefined {
    if (status !== 401) return undefined;
    return Promise.all(this.rulesFor(call).map(({ refused }) => refused(call)));
  }

  private rulesFor(call: LimitedCall): readonly Rule[] {
    return this.known.get(`${call.method} ${call.path}`, () => this.rules.filter(({ applies }) => applies(call)));
  }
}

/** Refuses a call until some time has passed. @see RFC 6585 section 4 */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
  readonly status = 429;
  readonly headers: Readonly<Record<string, string>>;

  constructor(waitMs: number) {
    super('Too many requests: wait before the next one.');
    this.headers = { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
  }

  toBody(): object {
    return { error: 'slow_down', error_description: this.message };
  }
}

/** Refuses requests beyond the limits before anything else looks at them, so that routes of middleware are protected too. */
export function limitRates(server: FastifyInstance, limits: RateLimits): void {
  server.addHook('onRequest', async (request, reply) => {
    try {
      await limits.spend(request.raw, callOf(request));
      return undefined;
    } catch (error) {
      const { status, headers, body } = answerTo(error);
      return reply
        .code(status)
        .headers({ 'cache-control': 'no-store', ...headers })
        .send(body);
    }
  });
  server.addHook('onResponse', async (request, { statusCode }) => {
    await limits.answered(callOf(request), statusCode);
  });
}

function callOf(request: FastifyRequest): LimitedCall {
  const { method, headers, ip } = request;
  return { method, path: pathOf(request), headers, ip };
}

function ruleOf(limit: RateLimit): Rule {
  const { name, perMinute, by } = limit;
  const limiterOf = (keyPrefix: string) => new RateLimiterMemory({ keyPrefix, points: perMinute, duration: 60 });
  const [calls, refusals] = [limiterOf(name), limiterOf(`${name} refused`)];
  const clientAt = ({ headers }: LimitedCall): string | undefined => {
    if (by === 'address') return undefined;
    return by === 'client' ? clientOf(headers.authorization) : cookieOf(headers.cookie, by.cookie);
  };
  // Nothing has to be looked up until it has happened.
  let hasRefused = false;
  const refusedFor = async ({ ip }: LimitedCall): Promise<number | undefined> => {
    const refused = await refusals.get(keyOf(ip));
    return refused !== null && refused.consumedPoints >= perMinute ? refused.msBeforeNext : undefined;
  };
  return {
    applies: matcherOf(limit),
    async spend(call) {
      const client = clientAt(call);
      const waitMs = hasRefused && client !== undefined ? await refusedFor(call) : undefined;
      if (waitMs !== undefined) return waitMs;
      try {
        await calls.consume(keyOf(`${call.ip} ${client ?? ''}`));
        return undefined;
      } catch (refusal) {
        return (refusal as RateLimiterRes).msBeforeNext;
      }
    },
    async refused(call) {
      if (clientAt(call) === undefined) return;
      hasRefused = true;
      await refusals.penalty(keyOf(call.ip));
    },
  };
}

/** As long as it is short, a key is kept as it is. */
function keyOf(caller: string): string {
  return caller.length <= LONGEST_KEY ? caller : digest(caller);
}

function matcherOf({ method, paths }: RateLimit): (call: LimitedCall) => boolean {
  // The router of a middleware may be less strict about case, escapes and slashes than ours is.
  const matching = new RegExp(`^(?:${paths.map(patternOf).join('|')})/*$`, 'i');
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  // The router has refused what cannot be decoded.
  return (call) => (method === undefined || methods.includes(call.method)) && matching.test(decodeURI(call.path));
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

/** A session is told apart without its handle being kept. */
function cookieOf(header: string | undefined, name: string): string | undefined {
  const value = parseCookie(header ?? '')[name];
  return value === undefined ? undefined : digest(value);
}
