import { parsePermissions, type Permission } from '../protocol/permissions.js';
import { isJsonObject, isStringArray } from '../protocol/strict-json.js';

/**
 * Whether bearing a token is enough: it is bound to nothing, or to the key with this thumbprint, whose holder has to prove
 * that it is the holder (RFC 9449), or in a way that is not understood.
 */
export type TokenBinding = 'none' | 'unknown' | { readonly jkt: string };

/** A token that its authorization server calls active. Times are seconds since the Unix epoch. */
export interface ActiveToken {
  readonly active: true;
  /** When the authorization server was asked, in milliseconds: what it said may have changed since. */
  readonly askedAtMs: number;
  readonly permissions: readonly Permission[];
  readonly binding: TokenBinding;
  readonly iss?: string;
  readonly aud?: readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly clientId?: string;
  /** `jti`: what the authorization server calls the token. */
  readonly tokenId?: string;
}

/** What an authorization server says about a token. @see UMA 2.0 Federated Authorization section 5.1, RFC 7662 */
export type Introspection = { readonly active: false } | ActiveToken;

/**
 * Reads an introspection answer.
 *
 * @returns `undefined` when it is not one, or when a member that limits the token cannot be read
 */
export function parseIntrospection(body: unknown, askedAtMs: number): Introspection | undefined {
  if (!isJsonObject(body) || typeof body['active'] !== 'boolean') return undefined;
  if (!body['active']) return { active: false };
  const limits = parseLimits(body);
  if (limits === undefined) return undefined;
  const { client_id: clientId, jti, iat } = body;
  return {
    active: true,
    askedAtMs,
    permissions: parsePermissions(body),
    binding: bindingOf(body),
    ...limits,
    ...(isNumber(iat) && { iat }),
    ...(isString(clientId) && { clientId }),
    ...(isString(jti) && jti !== '' && { tokenId: jti }),
  };
}

function parseLimits(
  body: Readonly<Record<string, unknown>>,
): Pick<ActiveToken, 'iss' | 'aud' | 'exp' | 'nbf'> | undefined {
  const { iss, exp, nbf } = body;
  const aud = isString(body['aud']) ? [body['aud']] : body['aud'];
  if (!isOptional(isString, iss) || !isOptional(isStringArray, aud)) return undefined;
  if (!isOptional(isNumber, exp) || !isOptional(isNumber, nbf)) return undefined;
  return {
    ...(iss !== undefined && { iss }),
    ...(aud !== undefined && { aud }),
    ...(exp !== undefined && { exp }),
    ...(nbf !== undefined && { nbf }),
  };
}

/** Of several ways of binding one that is not understood counts. @see RFC 7800 section 3.1, RFC 9449 section 6 */
function bindingOf({ cnf, token_type: tokenType }: Readonly<Record<string, unknown>>): TokenBinding {
  if ((cnf ?? undefined) === undefined) return isDpop(tokenType) ? 'unknown' : 'none';
  const { jkt, ...others } = isJsonObject(cnf) ? cnf : {};
  return isString(jkt) && Object.keys(others).length === 0 ? { jkt } : 'unknown';
}

const isString = (value: unknown): value is string => typeof value === 'string';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const isDpop = (tokenType: unknown): boolean => isString(tokenType) && tokenType.toLowerCase() === 'dpop';

function isOptional<Value>(is: (value: unknown) => value is Value, value: unknown): value is Value | undefined {
  return value === undefined || is(value);
}
