import { isLoopback } from '../common/loopback.js';

/**
 * The rule that an address of a server breaks, if any: absolute, http or https, nothing after the path, no password;
 * https alone in production, but for this machine itself.
 */
export function baseUrlFault(address: unknown, production: boolean): string | undefined {
  if (typeof address !== 'string' || !/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    return 'must be an absolute http or https URL';
  }
  const url = new URL(address);
  if (/[?#]/.test(address)) return 'must have neither query nor fragment';
  if (url.username !== '' || url.password !== '') return 'must hold neither user name nor password';
  return production && isInTheClear(url) ? 'must use https in production' : undefined;
}

function isInTheClear({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname);
}
