import { isIP } from 'node:net';

/** Networks that the server knows by name. */
const NAMED: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** The rule that an entry of the trusted reverse proxies breaks, if any: it is an address, a network or a named one. */
export function proxyFault(entry: string): string | undefined {
  return NAMED.has(entry) || isAddressOrNetwork(entry)
    ? undefined
    : 'must hold IP addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal';
}

function isAddressOrNetwork(entry: string): boolean {
  const [address = '', prefixLength, ...more] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (prefixLength === undefined) return true;
  // A network of all addresses would believe everybody.
  return (
    /^\d{1,3}$/.test(prefixLength) && Number(prefixLength) >= 1 && Number(prefixLength) <= (family === 4 ? 32 : 128)
  );
}
