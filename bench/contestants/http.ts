import { inWords } from '../../test/conformance/http/answer.js';
import { type Call, exchange, type Method } from '../../test/conformance/http/exchange.js';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * Sends a request that sets something up.
 *
 * @returns the answer's JSON; an empty object when it has none
 * @throws Error when the server refuses
 */
export async function setUp(method: Method, url: string, call: Call): Promise<Json> {
  const answer = await exchange(method, url, call);
  if (answer.status < 300) return (answer.json ?? {}) as Json;
  throw new Error(`A server could not be set up: ${method} ${new URL(url).pathname} came to ${inWords(answer)}.`);
}

/** A member that must be a text. @throws Error when it is not */
export function text(answer: Json, member: string): string {
  const value = answer[member];
  if (typeof value !== 'string') throw new Error(`A server could not be set up: it told no ${member}.`);
  return value;
}
