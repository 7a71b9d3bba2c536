import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { accessTokenHash } from '../uma/guard/dpop-proofs.js';

/** What a proof is for. */
export interface ProvenRequest {
  readonly token: string;
  /** Address of the request, as its client knows it. */
  readonly url: string;
  /** `GET` when left out. */
  readonly method?: string;
  readonly nowSeconds: number;
}

/** A client's key, and proofs that it holds it (RFC 9449), right or wrong in whatever a test wants. */
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

  /** Makes a proof that was not used yet; other claims and header members take the place of the right ones. */
  async proof(
    { token, url, method = 'GET', nowSeconds }: ProvenRequest,
    claims: Readonly<Record<string, unknown>> = {},
    header: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
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
