import { isJsonObject, isStringArray } from './strict-json.js';
import { UmaError } from './uma-error.js';

/**
 * What a resource server tells about a resource it registers. Members the standard does not name are kept as they came.
 *
 * @see UMA 2.0 Federated Authorization section 3.1
 */
export interface ResourceDescription {
  readonly resource_scopes: readonly string[];
  readonly name?: string;
  readonly description?: string;
  readonly icon_uri?: string;
  readonly type?: string;
  readonly [member: string]: unknown;
}

const OPTIONAL_TEXTS = /^(?:name|description)(?:#.+)?$|^(?:icon_uri|type)$/;
const RESERVED = new Set(['_id', 'user_access_policy_uri']);

/**
 * Checks the body of a registration (create or replace).
 *
 * @throws UmaError `invalid_request` when `resource_scopes` is missing or is not an array of scope strings, or when an
 * optional member has the wrong type
 * @see UMA 2.0 Federated Authorization sections 3.1 and 3.2
 */
export function parseResourceDescription(body: unknown): ResourceDescription {
  if (!isJsonObject(body)) throw new UmaError('invalid_request', 'The resource description must be a JSON object.');
  const scopes = body['resource_scopes'];
  if (!isStringArray(scopes) || !scopes.every(isScopeToken)) {
    throw new UmaError('invalid_request', 'resource_scopes must be an array of scope strings.');
  }
  const kept = Object.entries(body).filter(([member]) => !RESERVED.has(member));
  for (const [member, value] of kept) {
    if (OPTIONAL_TEXTS.test(member) && typeof value !== 'string') {
      throw new UmaError('invalid_request', `${member} must be a string.`);
    }
  }
  return { ...Object.fromEntries(kept), resource_scopes: [...new Set(scopes)] };
}

/** Whether a text can be one scope: printable ASCII without space, quote and backslash. @see RFC 6749 section 3.3 */
export function isScopeToken(text: string): boolean {
  return /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(text);
}
