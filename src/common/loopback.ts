/**
 * Whether a host name, as `URL.hostname` gives it, is this machine's own: `localhost` and the names below it,
 * 127.0.0.0/8, `[::1]`.
 *
 * @see RFC 6761 section 6.3, RFC 1122 section 3.2.1.3
 */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
