import { baseUrlFault } from './base-url.js';

/** Which authorization servers (issuers) each resource server (origin) may send us to. */
export type TrustedResourceServers = ReadonlyMap<string, readonly string[]>;

/** Reads pairs `origin=issuer`; an origin may stand in several. Issuers stay as they are written. */
export function trustedResourceServers(pairs: readonly string[]): TrustedResourceServers {
  const trusted = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const [origin, issuer] = split(pair);
    const key = new URL(origin).origin;
    trusted.set(key, [...(trusted.get(key) ?? []), issuer]);
  }
  return trusted;
}

/** The rule that a pair `origin=issuer` breaks, if any. */
export function trustFault(pair: string, production: boolean): string | undefined {
  const [origin, issuer] = split(pair);
  const fault = baseUrlFault(origin, production) ?? baseUrlFault(issuer, production);
  return fault === undefined ? undefined : `must hold pairs origin=issuer; each part ${fault}`;
}

function split(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  const [origin, issuer] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  return [origin.trim(), issuer.trim()];
}
