import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

import { randomHandle } from '../../../common/randomness.js';
import { UnsealError } from '../../../common/sealing.js';
import type { SharedSecrets } from './shared-secrets.js';

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'kid', 'alg', 'use'] as const;

/** The keys that this authorization server signs with: ID tokens by ES256, its own cookies by HMAC. */
export class SigningKeys {
  private constructor(
    private readonly key: JWK,
    /** Key of the cookie signatures. */
    readonly cookieKey: string,
  ) {}

  /**
   * Reads the keys, and makes them at the first start.
   *
   * @throws Error when the database holds keys that `SECRET_KEY` does not open
   */
  static async load(secrets: SharedSecrets): Promise<SigningKeys> {
    try {
      const key = JSON.parse(await secrets.findOrMake('signing', makeSigningKey)) as JWK;
      return new SigningKeys(key, await secrets.findOrMake('cookies', randomHandle));
    } catch (cause) {
      if (!(cause instanceof UnsealError)) throw cause;
      throw new Error('The signing keys in the database were stored under another SECRET_KEY.', { cause });
    }
  }

  /** What others verify our signatures with. */
  publicJwks(): JSONWebKeySet {
    const members = PUBLIC_MEMBERS.map((member) => [member, this.key[member]]);
    return { keys: [Object.fromEntries(members) as JWK] };
  }

  /** The keys with their private parts, for the provider alone. */
  privateJwks(): { keys: JWK[] } {
    return { keys: [{ ...this.key }] };
  }
}

async function makeSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' });
}
