import type { Secret } from '../../common/secret.js';
import type { UmaConfiguration } from '../protocol/discovery.js';
import { isJsonObject } from '../protocol/strict-json.js';
import { AuthorizationServerUnreachable, ProtectionApiRefusal } from './authorization-server-unreachable.js';
import type { Answer, Call } from './http-exchange.js';

/** A call without a body. */
export const bare = (method: 'GET' | 'DELETE', url: string): Call => ({ method, url, headers: {} });

/** A call with a JSON body. */
export const json = (method: 'POST' | 'PUT', url: string, body: unknown): Call => ({
  method,
  url,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A question about a token. @see RFC 7662 section 2.1 */
export const question = (url: string, token: string, hint: string): Call => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ token, token_type_hint: hint }).toString(),
});

/** The same call by whoever an `Authorization` header names. */
export const authorized = (call: Call, authorization: string): Call => ({
  ...call,
  headers: { ...call.headers, authorization },
});

/** `Authorization` of whoever bears a PAT. */
export const bearing = (pat: Secret): string => `Bearer ${pat.reveal()}`;

/** Where a registered resource is. */
export const registrationUrl = (as: UmaConfiguration, umaResourceId: string): string =>
  `${as.resource_registration_endpoint.replace(/\/$/, '')}/${encodeURIComponent(umaResourceId)}`;

export const notUnderstood = (): AuthorizationServerUnreachable =>
  new AuthorizationServerUnreachable('The answer of the authorization server cannot be understood.');

/** The object in the body of an answer with one of some statuses. @throws AuthorizationServerUnreachable otherwise */
export function bodyOf(answer: Answer, ...accepted: readonly number[]): Readonly<Record<string, unknown>> {
  refuseUnless(answer, ...accepted);
  if (!isJsonObject(answer.body)) throw notUnderstood();
  return answer.body;
}

/** @throws ProtectionApiRefusal when an answer has none of some statuses */
export function refuseUnless(answer: Answer, ...accepted: readonly number[]): void {
  if (accepted.includes(answer.status)) return;
  const code = codeOf(answer);
  // Only what looks like an error code is kept: the answer could repeat a token.
  throw new ProtectionApiRefusal(answer.status, code !== undefined && /^[a-z_]{1,40}$/.test(code) ? code : undefined);
}

/** The error code of an answer; WSO2 calls it `code` in places. It may be anything, a token included. */
export function codeOf({ body }: Answer): string | undefined {
  const code = isJsonObject(body) ? (body['error'] ?? body['code']) : undefined;
  return typeof code === 'string' ? code : undefined;
}
