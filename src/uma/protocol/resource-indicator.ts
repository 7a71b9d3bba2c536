/**
 * Whether a `resource` parameter points at a resource server: it is the server's identifier, or a URL below it.
 *
 * @param identifier the resource server's identifier, an absolute URL without trailing slash
 * @see RFC 8707 section 2
 */
export function matchesResourceServer(resource: string, identifier: string): boolean {
  if (!URL.canParse(resource) || !URL.canParse(identifier)) return false;
  const [asked, own] = [new URL(resource), new URL(identifier)];
  if (resource.includes('#') || asked.username !== '' || asked.password !== '') return false;
  if (asked.origin !== own.origin || asked.origin === 'null') return false;
  const base = own.pathname.replace(/\/$/, '');
  return asked.pathname === base || asked.pathname.startsWith(`${base}/`);
}
