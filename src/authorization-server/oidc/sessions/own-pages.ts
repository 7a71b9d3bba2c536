import { ENDPOINTS } from '../../endpoints.js';
import { basePathOf } from '../oidc.options.js';

/**
 * The address of a page of this server that a person is to come back to. Anything else, another server above all, becomes
 * the owner's page.
 *
 * @param returnTo path below the issuer, with its query, or the whole address
 */
export function ownPage(issuer: string, returnTo: string): string {
  const path = returnTo.startsWith(`${issuer}/`) ? returnTo.slice(issuer.length) : returnTo;
  const home = `${issuer}${ENDPOINTS.account}`;
  if (!path.startsWith('/') || !URL.canParse(`${issuer}${path}`)) return home;
  const { origin, pathname, href } = new URL(`${issuer}${path}`);
  return origin === new URL(issuer).origin && pathname.startsWith(`${basePathOf(issuer)}/`) ? href : home;
}
