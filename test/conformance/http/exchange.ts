import { request } from 'undici';

import type { Answer } from './answer.js';

/** What is sent. A body goes out as `json` (a text as it stands) or as a `form` (a text likewise). */
export interface Call {
  readonly bearer?: string | undefined;
  readonly basic?: { readonly id: string; readonly secret: string } | undefined;
  readonly json?: unknown;
  readonly form?: string | Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends one request and follows no redirect. @throws Error when no answer comes */
export async function exchange(method: Method, url: string, call: Call = {}): Promise<Answer> {
  const content = contentOf(call);
  const { statusCode, headers, body } = await request(url, {
    method,
    headers: { accept: 'application/json', ...authorizationOf(call), ...content.headers, ...call.headers },
    ...(content.body === undefined ? {} : { body: content.body }),
    headersTimeout: 30_000,
  });
  const text = await body.text();
  const lines = Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat()] as const);
  return { status: statusCode, headers: Object.fromEntries(lines), text, json: parsed(text) };
}

/** `Authorization` of a client, id and secret form-urlencoded first. @see RFC 6749 section 2.3.1 */
export function basicAuthorization({ id, secret }: { readonly id: string; readonly secret: string }): string {
  const [user, password] = [id, secret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
}

function authorizationOf({ bearer, basic }: Call): Record<string, string> {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  return basic === undefined ? {} : { authorization: basicAuthorization(basic) };
}

function contentOf({ json, form }: Call): { readonly headers: Record<string, string>; readonly body?: string } {
  if (json !== undefined) {
    const body = typeof json === 'string' ? json : JSON.stringify(json);
    return { headers: { 'content-type': 'application/json' }, body };
  }
  if (form === undefined) return { headers: {} };
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
