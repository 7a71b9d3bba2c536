import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { exchange } from '../http/exchange.js';
import { IdentityProvider } from './identity-provider.js';

describe('the identity provider of the suite', () => {
  let provider: IdentityProvider;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
  });
  afterAll(() => provider.stop());

  const verify = async (token: string) => {
    const { json } = await exchange('GET', `${provider.issuer}/.well-known/openid-configuration`);
    const { issuer, jwks_uri } = json as Record<'issuer' | 'jwks_uri', string>;
    return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience: 'c1' });
  };

  it('issues ID tokens that verify by its published keys, each with a jti of its own', async () => {
    const bob = provider.person('bob');
    const [first, second] = await Promise.all([provider.idToken(bob, 'c1'), provider.idToken(bob, 'c1')]);
    const { payload } = await verify(first);
    expect(payload).toMatchObject({ sub: bob.subject, email: bob.email, email_verified: true });
    expect(payload.jti).not.toBe(decodeJwt(second).jti);
  });

  it('issues ID tokens that nobody may accept', async () => {
    const bob = provider.person('bob');
    await expect(verify(await provider.badlySigned(bob, 'c1'))).rejects.toThrow('signature verification failed');
    await expect(verify(await provider.idToken(bob, 'c2'))).rejects.toThrow('"aud"');
    await expect(verify(await provider.idToken(bob, 'c1', { exp: 1 }))).rejects.toThrow('"exp"');
    expect(decodeProtectedHeader(provider.unsigned(bob, 'c1')).alg).toBe('none');
    expect(decodeJwt(await provider.idToken(bob, 'c1', { jti: undefined }))).not.toHaveProperty('jti');
  });

  it('has nothing at other addresses', async () => {
    expect(await exchange('GET', `${provider.issuer}/token`)).toMatchObject({ status: 404 });
  });
});
