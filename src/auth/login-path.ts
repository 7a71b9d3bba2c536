import { type AuthOptions, basePathOf } from './auth.options.js';

/**
 * Where a browser begins to sign in.
 *
 * @param returnTo path of this server to go to afterwards; `/login` looks at it again
 * @param as issuer of the authorization server; where it is left out, and there are several, the person chooses
 */
export function loginPath(options: Pick<AuthOptions, 'baseUrl'>, returnTo: string | undefined, as?: string): string {
  const wishes = { ...(as !== undefined && { as }), ...(returnTo !== undefined && { returnTo }) };
  const query = new URLSearchParams(wishes).toString();
  return `${basePathOf(options)}/login${query === '' ? '' : `?${query}`}`;
}
