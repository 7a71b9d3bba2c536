import { isLoopback } from '../../common/loopback.js';

import { UMA_DISCOVERY_PATH } from './constants.js';
import { isJsonObject } from './strict-json.js';

/** A metadata document that was checked to be of one issuer, with the endpoints it was checked for. */
export type Metadata<Endpoint extends string> = Readonly<Record<string, unknown>> &
  Readonly<Record<Endpoint | 'issuer', string>>;

/**
 * The metadata of an authorization server that a resource server works with.
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

/** Raised when a metadata document must not be used, or an issuer can have none. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/**
 * Where the metadata of an issuer may be found: the appended form first, then the inserted form of RFC 8414.
 *
 * @throws DiscoveryError when the issuer is no URL, or has a query or a fragment
 * @see UMA 2.0 Grant section 2, RFC 8414 sections 2 and 3
 */
export function discoveryUrls(issuer: string): readonly string[] {
  if (!URL.canParse(issuer) || /[?#]/.test(issuer)) {
    throw new DiscoveryError('An issuer must be an absolute URL without query and fragment.');
  }
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [...new Set([`${issuer.replace(/\/$/, '')}${UMA_DISCOVERY_PATH}`, `${origin}${UMA_DISCOVERY_PATH}${path}`])];
}

/**
 * Checks a metadata document before anything is sent to an endpoint it names.
 *
 * @param endpoints the members that must be there, each a URL to which secrets may travel
 * @param privateHosts see {@link isSecureUrl}
 * @throws DiscoveryError when `issuer` differs in any character from the one asked, or an endpoint is missing or not
 * secure
 * @see RFC 8414 section 3.3
 */
export function checkMetadata<Endpoint extends string>(
  issuer: string,
  document: unknown,
  endpoints: readonly Endpoint[],
  privateHosts: readonly string[] = [],
): Metadata<Endpoint> {
  if (!isJsonObject(document)) throw new DiscoveryError('The metadata document is not a JSON object.');
  if (document['issuer'] !== issuer) {
    throw new DiscoveryError('The metadata document names another issuer than the one it was fetched for.');
  }
  for (const member of endpoints) {
    const endpoint = document[member];
    if (typeof endpoint !== 'string' || !isSecureUrl(endpoint, privateHosts)) {
      throw new DiscoveryError(`The metadata document has no usable ${member}.`);
    }
  }
  return document as Metadata<Endpoint>;
}

/**
 * {@link checkMetadata} with every endpoint that a resource server needs.
 *
 * @throws DiscoveryError as there
 */
export function checkUmaConfiguration(
  issuer: string,
  document: unknown,
  privateHosts: readonly string[] = [],
): UmaConfiguration {
  const endpoints = [
    'token_endpoint',
    'permission_endpoint',
    'resource_registration_endpoint',
    'introspection_endpoint',
  ] as const;
  return checkMetadata(issuer, document, endpoints, privateHosts);
}

/**
 * Whether secrets may travel to a URL: https, or plain http to this very machine.
 *
 * @param privateHosts host names in a network of one's own, to which plain http is good enough
 */
export function isSecureUrl(text: string, privateHosts: readonly string[] = []): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (isLoopback(hostname) || privateHosts.includes(hostname)));
}

/**
 * Whether a server may ask at a URL that somebody else names: over plain http only when it is itself reached so, as on a
 * developer's machine. Elsewhere that would lead into its own network.
 *
 * @param own the server's own URL
 */
export function isSecureFrom(own: string, text: string): boolean {
  return isSecureUrl(text) && (new URL(text).protocol === 'https:' || new URL(own).protocol === 'http:');
}
