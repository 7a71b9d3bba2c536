import { type AuthOptions, basePathOf } from './auth.options.js';

/**
 * Where a browser begins to sign in.
 *
 * @param returnTo path of this server to go to afterwards; `/login` looks at it again
 */
export function loginPath(options: Pick<AuthOptions, 'baseUrl'>, returnTo: string | undefined): string {
  const query = returnTo === undefined ? '' : `?${new URLSearchParams({ returnTo }).toString()}`;
  return `${basePathOf(options)}/login${query}`;
}
