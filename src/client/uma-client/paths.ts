/** Whether a path is a prefix, or lies below it; `/a` covers `/a/b` and not `/ab`. */
export function covers(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

/** How many segments two paths have in common from the beginning. */
export function commonSegments(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const differing = left.findIndex((segment, index) => segment !== right[index]);
  return differing === -1 ? left.length : differing;
}
