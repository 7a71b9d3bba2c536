import { request } from 'undici';

import { isSecureUrl } from '../protocol/discovery.js';
import { parseStrictJson } from '../protocol/strict-json.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';

const MAX_BODY_BYTES = 1024 * 1024;

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

/**
 * Makes one call, within a limit of time and of size. Redirects are not followed.
 *
 * @param timeoutMs how long the call may take in all
 * @returns any answer below status 500
 * @throws AuthorizationServerUnreachable when the address is not secure, when there is no answer in time, when it is too
 * large or a server error
 */
export async function exchange(call: Call, timeoutMs: number): Promise<Answer> {
  const { url, method, headers, body: content } = call;
  if (!isSecureUrl(url)) throw new AuthorizationServerUnreachable('The authorization server is not reached over TLS.');
  try {
    const { statusCode, body } = await request(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(content !== undefined && { body: content }),
    });
    const text = await readAll(body);
    if (statusCode >= 500) throw new Error(`The server answers with status ${statusCode}.`);
    return { status: statusCode, body: readJson(text) };
  } catch (cause) {
    throw new AuthorizationServerUnreachable(`${new URL(url).origin} gives no answer.`, { cause });
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
