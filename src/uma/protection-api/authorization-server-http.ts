import { request } from 'undici';

import type { Clock } from '../../common/clock.js';
import { isSecureUrl } from '../protocol/discovery.js';
import { parseStrictJson } from '../protocol/strict-json.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import { CircuitBreaker } from './circuit-breaker.js';

const MAX_BODY_BYTES = 1024 * 1024;
const BREAKER = { failures: 5, pauseMs: 3000 };

/** One call to an authorization server. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the authorization server answered. */
export interface Answer {
  readonly status: number;
  /** The JSON of the body; `undefined` when there is none, or when it is malformed or ambiguous. */
  readonly body: unknown;
}

/** Carries calls to authorization servers: with a time limit, a size limit, and a circuit breaker for each issuer. */
export class AuthorizationServerHttp {
  private readonly breakers = new Map<string, CircuitBreaker>();

  /** @param timeoutMs how long a call may take in all */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  /**
   * @returns any answer below status 500; redirects are not followed
   * @throws AuthorizationServerUnreachable when there is none in time, when it is too large or a server error, or when
   * calls were failing just now
   */
  async send(issuer: string, call: Call): Promise<Answer> {
    if (!isSecureUrl(call.url)) throw new AuthorizationServerUnreachable(`${issuer} is not reached over TLS.`);
    const breaker = this.breakerOf(issuer);
    if (!breaker.allows()) throw new AuthorizationServerUnreachable(`${issuer} did not answer the last calls.`);
    try {
      const answer = await this.exchange(call);
      breaker.succeeded();
      return answer;
    } catch (cause) {
      breaker.failed();
      throw new AuthorizationServerUnreachable(`${issuer} gives no answer.`, { cause });
    }
  }

  private async exchange({ url, method, headers, body: content }: Call): Promise<Answer> {
    const { statusCode, body } = await request(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(this.timeoutMs),
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await readAll(body);
    if (statusCode >= 500) throw new Error(`The server answers with status ${statusCode}.`);
    return { status: statusCode, body: readJson(text) };
  }

  private breakerOf(issuer: string): CircuitBreaker {
    const breaker = this.breakers.get(issuer) ?? new CircuitBreaker(this.clock, BREAKER);
    this.breakers.set(issuer, breaker);
    return breaker;
  }
}

async function readAll(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch {
    return undefined;
  }
}
