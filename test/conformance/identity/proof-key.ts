import { createHash, randomUUID } from 'node:crypto';

import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A key of a client, with which it proves that a token is its own. @see RFC 9449 */
export class ProofKey {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly jwk: JWK,
    /** Thumbprint of the key: what a token is bound to. */
    readonly thumbprint: string,
  ) {}

  static async make(): Promise<ProofKey> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    return new ProofKey(privateKey, jwk, await calculateJwkThumbprint(jwk));
  }

  /** A new proof for reading `url` with a token; other claims take the place of the right ones. */
  proof(url: string, token: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const right = {
      jti: randomUUID(),
      htm: 'GET',
      htu: url.replace(/[?#].*/, ''),
      iat: Math.floor(Date.now() / 1000),
      ath: createHash('sha256').update(token).digest('base64url'),
    };
    return new SignJWT({ ...right, ...claims })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk })
      .sign(this.privateKey);
  }
}
