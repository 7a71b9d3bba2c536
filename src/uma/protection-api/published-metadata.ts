import { DiscoveryError, discoveryUrls } from '../protocol/discovery.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import { exchange } from './http-exchange.js';

/**
 * Reads the metadata of an authorization server at the first of the well-known places where they are usable.
 *
 * @param check what makes them usable; throws DiscoveryError
 * @param timeoutMs how long one call may take
 * @param urls the places, where they are not those of the standard
 * @throws AuthorizationServerUnreachable when they are nowhere
 * @see UMA 2.0 Grant section 2
 */
export async function publishedMetadata<Found>(
  issuer: string,
  check: (document: unknown) => Found,
  timeoutMs: number,
  urls = discoveryUrls(issuer),
): Promise<Found> {
  let cause: unknown;
  for (const url of urls) {
    const { status, body } = await exchange({ method: 'GET', url, headers: {} }, timeoutMs);
    if (status !== 200) continue;
    try {
      return check(body);
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error;
      cause = error;
    }
  }
  throw new AuthorizationServerUnreachable(`${issuer} publishes no usable UMA metadata.`, { cause });
}
