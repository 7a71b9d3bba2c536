import type { ClientMetadata } from 'oidc-provider';

/** Client id under which our own pages send people to sign in. */
export const SHARING_CONSOLE = 'sharing-console';

/** Where a person comes back to after signing in for one of our own pages, below the issuer. */
export const SIGNED_IN_PATH = '/signed-in';

/**
 * Our own pages as a client: they want to know who is there and get no code or token (`response_type=none`), so that
 * there is nothing to consent to.
 *
 * @see OAuth 2.0 Multiple Response Type Encoding Practices section 4
 */
export function sharingConsole(issuer: string): ClientMetadata {
  return {
    client_id: SHARING_CONSOLE,
    client_name: 'Pulsegate',
    redirect_uris: [`${issuer}${SIGNED_IN_PATH}`],
    response_types: ['none'],
    grant_types: [],
    token_endpoint_auth_method: 'none',
    scope: 'openid',
  };
}
