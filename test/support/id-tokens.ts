import { type JWTPayload, SignJWT } from 'jose';

import { SigningKeys } from '../../src/authorization-server/oidc/keys/signing-keys.js';
import type { UmaWorld } from './uma-world.js';

/** An ID token as the authorization server itself would sign it, at the time of its clock. */
export async function signedIdToken(
  world: UmaWorld,
  username: string,
  clientId: string,
  claims: JWTPayload = {},
): Promise<string> {
  const [key] = world.server.app.get(SigningKeys).privateJwks().keys;
  const now = world.server.clock.nowSeconds();
  const sub = await world.accountId(username);
  return new SignJWT({ iss: world.issuer, aud: clientId, sub, iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: String(key?.kid) })
    .sign(key ?? {});
}
