import type { Incoming } from '../loopback/loopback-server.js';

/** A call that a mock received, as cases look at it. */
export interface MockCall {
  /** When it came, by the machine's clock, in milliseconds. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly bearer: string | undefined;
  /** Identifier and secret of `Authorization: Basic`. */
  readonly basic: readonly [id: string, secret: string] | undefined;
  readonly form: URLSearchParams;
  readonly json: unknown;
}

/** Reads what came in. */
export function mockCall({ method, url, headers, body }: Incoming): MockCall {
  const authorization = headers.authorization ?? '';
  const type = headers['content-type'] ?? '';
  return {
    atMs: Date.now(),
    method,
    path: url.pathname,
    query: url.searchParams,
    bearer: /^Bearer (.+)$/i.exec(authorization)?.[1],
    basic: basicOf(authorization),
    form: new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? body : ''),
    json: type.startsWith('application/json') ? parsed(body) : undefined,
  };
}

function basicOf(authorization: string): [string, string] | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [decoded(id), decoded(secret)];
}

const decoded = (text: string): string => new URLSearchParams(`x=${text}`).get('x') ?? '';

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
