// What the provider keeps to itself and a grant type of our own cannot do without: everything that reaches into the
// package, whose version is pinned, is in this file.
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { checkDpopRequired } from 'oidc-provider/lib/helpers/sender_constraints.js';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';

import { errors } from '../oidc-provider.js';

/** Answers a token request of one grant type. */
export type GrantHandler = (ctx: TokenEndpointGrantContext) => Promise<void>;

/** The provider's own handler of a grant type. @throws Error when it has none */
export function ownHandler(provider: Provider, grantType: string): GrantHandler {
  const handler = instance(provider).grantTypeHandlers.get(grantType);
  if (handler === undefined) throw new Error(`The provider does not know the grant type ${grantType}.`);
  return handler;
}

/**
 * The key that a token request proves to hold, when it does; each proof is good for one request.
 *
 * @returns the thumbprint of the key
 * @throws InvalidDpopProof for a proof that is not one, or none where the client has to bring one
 * @see RFC 9449 section 5
 */
export async function provenKey(provider: Provider, ctx: TokenEndpointGrantContext): Promise<string | undefined> {
  const proof = await validateDpop(provider, ctx);
  checkDpopRequired(provider, ctx, proof);
  if (proof === undefined) return undefined;
  await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId, errors.InvalidDpopProof);
  return proof.thumbprint;
}
