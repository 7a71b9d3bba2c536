import { isJsonObject } from './strict-json.js';

/** What a token endpoint's answer to a redeemed permission ticket means, whichever authorization server gave it. */
export type GrantOutcome =
  | GrantedRpt
  | {
      readonly kind: 'need-info';
      readonly ticket: string;
      readonly requiredClaims: readonly RequiredClaim[];
      readonly redirectUser?: string;
    }
  | { readonly kind: 'submitted'; readonly ticket?: string; readonly intervalSeconds?: number }
  | { readonly kind: 'denied' }
  | { readonly kind: 'stale-ticket' }
  | { readonly kind: 'refused'; readonly error: string };

/** A requesting party token (RPT). */
export interface GrantedRpt {
  readonly kind: 'granted';
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresInSeconds?: number;
  readonly refreshToken?: string;
  readonly pct?: string;
  readonly upgraded: boolean;
  /** The resource servers the token is meant for, where the authorization server says so (RFC 8707). */
  readonly resource?: readonly string[];
}

/**
 * A claim the authorization server asks for; members of other types than the standard's are left out.
 *
 * @see UMA 2.0 Grant section 3.3.6
 */
export interface RequiredClaim {
  readonly name?: string;
  readonly friendlyName?: string;
  readonly claimType?: string;
  readonly claimTokenFormat: readonly string[];
  readonly issuer: readonly string[];
}

type JsonObject = Readonly<Record<string, unknown>>;

const denied = (): GrantOutcome => ({ kind: 'denied' });
const staleTicket = (): GrantOutcome => ({ kind: 'stale-ticket' });

// What a refusal means by its error code: the standard's codes first, then those of other servers.
const REFUSALS: ReadonlyMap<string, (body: JsonObject) => GrantOutcome> = new Map([
  ['need_info', parseNeedInfo],
  ['request_submitted', parseSubmitted],
  ['request_denied', denied],
  ['invalid_grant', staleTicket],
  ['access_denied', (body) => (body['error_description'] === 'request_submitted' ? { kind: 'submitted' } : denied())],
  ['not_authorized', denied],
  ['not_authorised', denied],
  ['forbidden_by_policy', denied],
  ['invalid_ticket', staleTicket],
  ['expired_ticket', staleTicket],
]);

/**
 * Reads an answer of the token endpoint.
 *
 * @see UMA 2.0 Grant sections 3.3.5 and 3.3.6; other servers' spellings are those of Keycloak, Gluu, OpenAM and SolidLab
 */
export function parseGrantAnswer(status: number, body: unknown): GrantOutcome {
  if (!isJsonObject(body)) return { kind: 'refused', error: 'invalid_response' };
  if (status === 200) return parseSuccess(body);
  const error = errorCode(body);
  return REFUSALS.get(error)?.(body) ?? { kind: 'refused', error };
}

// A code is shown to people and logged, so it must look like one: a server could repeat a token there.
function errorCode(body: JsonObject): string {
  const error = body['error'] ?? ('required_claims' in body ? 'need_info' : undefined);
  return typeof error === 'string' && /^[a-z][a-z_.-]{0,63}$/i.test(error) ? error : 'invalid_response';
}

function parseSuccess(body: JsonObject): GrantOutcome {
  const accessToken = text(body['access_token']) ?? text(body['rpt']);
  if (accessToken === undefined) return { kind: 'refused', error: 'invalid_response' };
  return {
    kind: 'granted',
    accessToken,
    tokenType: text(body['token_type']) ?? 'Bearer',
    upgraded: body['upgraded'] === true,
    ...optional('expiresInSeconds', seconds(body['expires_in'])),
    ...optional('refreshToken', text(body['refresh_token'])),
    ...optional('pct', text(body['pct'])),
    ...optional('resource', 'resource' in body ? texts(body['resource']) : undefined),
  };
}

function parseNeedInfo(body: JsonObject): GrantOutcome {
  const ticket = text(body['ticket']);
  if (ticket === undefined) return { kind: 'refused', error: 'need_info' };
  const claims: readonly unknown[] = Array.isArray(body['required_claims']) ? body['required_claims'] : [];
  const requiredClaims = claims.filter(isJsonObject).map((claim) => ({
    claimTokenFormat: texts(claim['claim_token_format']),
    issuer: texts(claim['issuer']),
    ...optional('name', text(claim['name'])),
    ...optional('friendlyName', text(claim['friendly_name'])),
    ...optional('claimType', text(claim['claim_type'])),
  }));
  return { kind: 'need-info', ticket, requiredClaims, ...optional('redirectUser', text(body['redirect_user'])) };
}

function parseSubmitted(body: JsonObject): GrantOutcome {
  return {
    kind: 'submitted',
    ...optional('ticket', text(body['ticket'])),
    ...optional('intervalSeconds', seconds(body['interval'])),
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((item) => typeof item === 'string');

const seconds = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function optional<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}
