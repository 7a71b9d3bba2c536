import { UMA_DISCOVERY_PATH } from './constants.js';
import { isJsonObject } from './strict-json.js';

/**
 * The metadata of an authorization server that a resource server or client works with.
 *
 * @see UMA 2.0 Grant section 2, Federated Authorization section 2, RFC 8414
 */
export interface UmaConfiguration {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly permission_endpoint: string;
  readonly resource_registration_endpoint: string;
  readonly introspection_endpoint: string;
  readonly [member: string]: unknown;
}

/** Raised when a metadata document must not be used. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/** Where the metadata of an issuer may be found: the appended form first, then the inserted form of RFC 8414. */
export function discoveryUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [...new Set([`${issuer.replace(/\/$/, '')}${UMA_DISCOVERY_PATH}`, `${origin}${UMA_DISCOVERY_PATH}${path}`])];
}

const ENDPOINTS = [
  'token_endpoint',
  'permission_endpoint',
  'resource_registration_endpoint',
  'introspection_endpoint',
] as const;

/**
 * Checks a metadata document before anything is sent to an endpoint it names.
 *
 * @throws DiscoveryError when `issuer` differs in any character from the one asked, or an endpoint is missing or not
 * secure
 * @see RFC 8414 section 3.3
 */
export function checkUmaConfiguration(issuer: string, document: unknown): UmaConfiguration {
  if (!isJsonObject(document)) throw new DiscoveryError('The metadata document is not a JSON object.');
  if (document['issuer'] !== issuer) {
    throw new DiscoveryError('The metadata document names another issuer than the one it was fetched for.');
  }
  for (const member of ENDPOINTS) {
    const endpoint = document[member];
    if (typeof endpoint !== 'string' || !isSecureUrl(endpoint)) {
      throw new DiscoveryError(`The metadata document has no usable ${member}.`);
    }
  }
  return document as UmaConfiguration;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether secrets may travel to a URL: https, or plain http to this very machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
