import type { ReadableStream } from 'node:stream/web';

import { fetch, type Response } from 'undici';

import type { UmaClientOptions, UmaStep } from './uma-client-options.js';

/** A request as this client sends it; redirects are never followed on the way. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Raised when a server cannot be reached, breaks off, or takes too long. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const DEFAULT_TIMEOUT_MS = 5_000;
// A resource server may itself wait for its authorization server, two calls of 5 s each, before it says that it cannot
// reach it: whoever waits less blames the wrong server.
const DEFAULT_RESOURCE_TIMEOUT_MS = 12_000;

type HttpOptions = Pick<UmaClientOptions, 'fetch' | 'clock' | 'timeoutMs' | 'resourceTimeoutMs' | 'onStep'>;

/** The only way out of this library: every request has a time limit and is reported to the observer. */
export class Http {
  constructor(private readonly options: HttpOptions) {}

  /**
   * Sends a request and reads what is wanted of the answer, both within the time limit. What of the body is left may be
   * read later, without limit.
   *
   * @throws Unreachable when there is no answer in time
   * @throws the reason of `request.signal` when that ended it
   */
  async exchange<Result>(
    what: UmaStep['what'],
    request: HttpRequest,
    read: (response: Response) => Promise<Result>,
  ): Promise<Result> {
    const { clock } = this.options;
    const { url, signal, ...init } = request;
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, this.timeoutMsOf(what));
    const signals = signal === undefined ? [timeout.signal] : [timeout.signal, signal];
    const startedMs = clock.nowMs();
    let outcome: Pick<UmaStep, 'status' | 'error'> = {};
    try {
      const send = this.options.fetch ?? fetch;
      const response = await send(url, { ...init, redirect: 'manual', signal: AbortSignal.any(signals) });
      outcome = { status: response.status };
      return await read(response);
    } catch (error) {
      outcome = { ...outcome, error };
      signal?.throwIfAborted();
      throw new Unreachable('The server gave no answer.', { cause: error });
    } finally {
      clearTimeout(timer);
      const { origin, pathname } = new URL(url);
      const durationMs = clock.nowMs() - startedMs;
      this.options.onStep?.({ what, method: init.method, url: `${origin}${pathname}`, durationMs, ...outcome });
    }
  }

  private timeoutMsOf(what: UmaStep['what']): number {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, resourceTimeoutMs = DEFAULT_RESOURCE_TIMEOUT_MS } = this.options;
    return what === 'resource' ? resourceTimeoutMs : timeoutMs;
  }
}

const MAX_JSON_BYTES = 262_144;

/** Reads a JSON body of at most 256 KiB. @returns `undefined` when it is longer or is not JSON */
export async function readJson(response: Response): Promise<unknown> {
  if (response.body === null) return undefined;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes += next.value.byteLength;
    if (bytes > MAX_JSON_BYTES) {
      // Not awaited: the copy of a body is given up only when the body itself is.
      void reader.cancel();
      return undefined;
    }
    chunks.push(next.value);
  }
  reader.releaseLock();
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
