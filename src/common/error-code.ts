/** The code of an error of the operating system or of Node (`ENOENT`, `EADDRINUSE`), told by shape. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
