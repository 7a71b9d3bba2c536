import type { Client } from 'oidc-provider';

/** What a token comes from, as far as it matters here: a code, a device code, a token that is renewed. */
interface Source {
  readonly kind: string;
  readonly scopes: ReadonlySet<string>;
}

/**
 * Whether tokens outlive the session in which a person allowed them. Those of a device do: nobody expects to disconnect
 * it by signing out of the browser in which its code was typed.
 */
export function lastsBeyondSession(source: Source): boolean {
  return isDevice(source) || mayGoOn(source);
}

/** Whether tokens come with a refresh token. A device, which no session ends, has to have asked to go on. */
export function mayBeRenewed(client: Client, source: Source): boolean {
  return client.grantTypeAllowed('refresh_token') && (!isDevice(source) || mayGoOn(source));
}

function isDevice({ kind }: Source): boolean {
  return kind === 'DeviceCode';
}

/** @see OpenID Connect Core 1.0 section 11 */
function mayGoOn({ scopes }: Source): boolean {
  return scopes.has('offline_access');
}
