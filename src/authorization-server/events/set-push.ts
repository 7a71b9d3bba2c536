import type { Secret } from '../../common/secret.js';
import type { SecurityEventErrorCode } from '../../uma/protocol/security-event-error.js';
import { SET_MEDIA_TYPE } from '../../uma/protocol/shared-signals.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { request } from 'undici';

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16 * 1024;

const ERROR_CODES: readonly string[] = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
  'invalid_state',
] satisfies readonly (SecurityEventErrorCode | 'invalid_state')[];

/** What became of a push: the receiver took the token, refused this very one, or is not there. */
export type PushOutcome =
  { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly error: string } | { readonly kind: 'unreachable' };

/** Where to push to. */
export interface PushTarget {
  readonly endpointUrl: string;
  readonly authorization: Secret | undefined;
}

/**
 * Pushes a security event token. Redirects are not followed, and nothing that is answered goes anywhere but into the
 * outcome: a receiver says itself where it is.
 *
 * @see RFC 8935 section 2
 */
export async function pushSet({ endpointUrl, authorization }: PushTarget, token: string): Promise<PushOutcome> {
  try {
    const { statusCode, body } = await request(endpointUrl, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': SET_MEDIA_TYPE,
        ...(authorization !== undefined && { authorization: authorization.reveal() }),
      },
      body: token,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (statusCode === 400) return { kind: 'refused', error: errorOf(await readSome(body)) };
    await body.dump({ limit: MAX_ANSWER_BYTES });
    return { kind: statusCode >= 200 && statusCode < 300 ? 'taken' : 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}

async function readSome(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only codes that are known get into the log. @see RFC 8935 section 2.4 */
function errorOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    const code = isJsonObject(answer) ? answer['err'] : undefined;
    return ERROR_CODES.find((known) => known === code) ?? 'no known code';
  } catch {
    return 'no known code';
  }
}
