import type { Grant, KoaContextWithOIDC } from 'oidc-provider';

import { SHARING_CONSOLE } from '../clients/sharing-console.js';

/**
 * What the person at hand has consented to for the client at hand. Our own pages need no consent: they learn who is
 * there, on the server that the person signed in to.
 */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { provider, client, session, account, result } = ctx.oidc;
  if (client === undefined || session === undefined) return undefined;
  if (client.clientId === SHARING_CONSOLE && account !== undefined) {
    const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
    grant.addOIDCScope('openid');
    return grant;
  }
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  return grantId === undefined ? undefined : provider.Grant.find(grantId);
}
