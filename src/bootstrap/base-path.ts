const WELL_KNOWN = '/.well-known/';

/**
 * Makes a function that cuts the base path off a request target, so that routes are written below it. Metadata is also
 * found where the well-known part is inserted between host and path. A target outside of the base path stays as it is:
 * a probe or a proxy may speak to the server directly.
 *
 * @param basePath without a trailing slash: `/t1`
 * @see RFC 8414 section 3.1
 */
export function cutBasePath(basePath: string): (target: string) => string {
  return (target) => {
    const [path = '', ...rest] = target.split(/(?=\?)/);
    const query = rest.join('');
    if (path === basePath) return `/${query}`;
    if (path.startsWith(`${basePath}/`)) return path.slice(basePath.length) + query;
    const isInserted = path.startsWith(WELL_KNOWN) && path.endsWith(basePath);
    return (isInserted ? path.slice(0, -basePath.length) : path) + query;
  };
}
