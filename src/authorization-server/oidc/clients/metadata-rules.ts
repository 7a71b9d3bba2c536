import { isSecureUrl } from '../../../uma/protocol/discovery.js';

/** Whether a value can name a resource server: an absolute URI without a fragment. @see RFC 8707 section 2 */
export function isResourceIdentifier(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && !value.includes('#');
}

/** Whether a value is one scope: printable ASCII without space, quote or backslash. @see RFC 6749 section 3.3 */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value);
}

/** Whether people may be sent there with a ticket: https or this very machine, without a fragment. */
export function isRedirectUri(value: unknown): value is string {
  return typeof value === 'string' && isSecureUrl(value) && !value.includes('#');
}

/** Whether a value can be the identifier of an issuer. @see OpenID Connect Discovery 1.0 section 4.3 */
export function isIssuer(value: unknown): value is string {
  return typeof value === 'string' && isSecureUrl(value) && !/[?#]/.test(value);
}
