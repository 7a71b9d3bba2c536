import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { accessTokenHash } from './dpop-proofs.js';

/** A client's key, and proofs that it holds it, right or wrong in whatever a test wants. */
export class ProofMaker {
  private proofs = 0;

  private constructor(
    private readonly privateKey: CryptoKey,
    readonly jwk: JWK,
    /** Thumbprint of the key. */
    readonly jkt: string,
    private readonly algorithm: string,
  ) {}

  static async make(algorithm = 'ES256'): Promise<ProofMaker> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new ProofMaker(privateKey, jwk, await calculateJwkThumbprint(jwk), algorithm);
  }

  /** @param about what the proof is for; other claims and header members take the place of the right ones */
  async proof(
    about: { readonly token: string; readonly url: string; readonly method?: string; readonly nowSeconds: number },
    claims: Readonly<Record<string, unknown>> = {},
    header: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { token, url, method = 'GET', nowSeconds } = about;
    const right = {
      jti: `proof-${++this.proofs}`,
      htm: method,
      htu: url,
      iat: nowSeconds,
      ath: accessTokenHash(token),
    };
    return new SignJWT({ ...right, ...claims })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: this.algorithm, jwk: this.jwk, ...header })
      .sign(this.privateKey);
  }
}
