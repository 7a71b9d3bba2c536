import { exportJWK, generateKeyPair } from 'jose';

import type { SigningKeys } from './signing-keys.js';
import { TokenSigner } from './token-signer.js';

describe('TokenSigner', () => {
  let signer: TokenSigner;

  const signerWith = async (kid: string): Promise<TokenSigner> => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = [{ ...(await exportJWK(privateKey)), kid, alg: 'ES256' }];
    return new TokenSigner({ privateJwks: () => ({ keys }) } as unknown as SigningKeys);
  };

  beforeEach(async () => {
    signer = await signerWith('own');
  });

  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const withPart = (token: string, index: number, part: string): string => token.split('.').with(index, part).join('.');

  it('knows what it has signed, however often it is asked', () => {
    const token = signer.sign('JWT', { sub: 'bob' });
    for (let time = 0; time < 3; time += 1) {
      expect(signer.verified(token)).toEqual({
        header: { alg: 'ES256', typ: 'JWT', kid: 'own' },
        payload: { sub: 'bob' },
      });
    }
  });

  it('refuses what was changed of a token, also after it has seen the right one, and again and again', () => {
    const token = signer.sign('JWT', { sub: 'bob' });
    expect(signer.verified(token)).toBeDefined();
    const other = signer.sign('JWT', { sub: 'carol' });
    const changed = [
      withPart(token, 1, encoded({ sub: 'alice' })),
      withPart(token, 2, other.split('.')[2] ?? ''),
      withPart(token, 0, encoded({ alg: 'none', kid: 'own' })),
      withPart(token, 0, encoded({ alg: 'ES256', kid: 'own', crit: ['b64'], b64: false })),
      `${token}.`,
      '',
    ];
    for (const forged of [...changed, ...changed]) expect(signer.verified(forged)).toBeUndefined();
  });

  it('refuses what somebody else has signed under its name', async () => {
    const stranger = await signerWith('own');
    expect(signer.verified(stranger.sign('JWT', { sub: 'bob' }))).toBeUndefined();
    expect(signer.verified((await signerWith('other')).sign('JWT', {}))).toBeUndefined();
  });

  it('knows the first of many tokens when it has forgotten that it has seen it', () => {
    const token = signer.sign('JWT', { sub: 'bob' });
    expect(signer.verified(token)).toBeDefined();
    for (let at = 0; at < 1_010; at += 1) signer.verified(signer.sign('JWT', { at }));
    expect(signer.verified(token)?.payload).toEqual({ sub: 'bob' });
  });
});
