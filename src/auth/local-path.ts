const HERE = 'http://here.invalid';

/**
 * Checks where a person is to be sent after signing in: only to a path of this very server, or the sign-in would lend its
 * good name to a forger's page.
 *
 * @param returnTo as it came in a query
 * @returns path, query and fragment; `undefined` when it leads elsewhere, or into another sign-in
 * @see RFC 9700 section 4.11 (open redirection)
 */
export function localPath(returnTo: unknown): string | undefined {
  // Browsers take a backslash for a slash, and drop tabs and line breaks: neither has business in a path.
  if (typeof returnTo !== 'string' || !/^\/(?!\/)[\x21-\x5B\x5D-\x7E]*$/.test(returnTo)) return undefined;
  if (!URL.canParse(returnTo, HERE)) return undefined;
  const { origin, pathname, search, hash } = new URL(returnTo, HERE);
  if (origin !== HERE || pathname.startsWith('//') || /\/(?:login|callback(?:\/[^/]+)?)\/?$/.test(pathname))
    return undefined;
  return `${pathname}${search}${hash}`;
}
