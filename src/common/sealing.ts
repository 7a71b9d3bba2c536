import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

import { randomText } from './randomness.js';
import type { Secret } from './secret.js';

/** A multiple of three: its base64url can be written apart from that of the rest. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Raised when sealed text was changed, or was sealed with another key or for another purpose. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/**
 * Keeps text confidential at rest (tokens, private keys) with AES-256-GCM under a key derived from the process's
 * secret. The purpose binds the sealed text to its place: what was sealed as a token does not open as a key.
 */
export class Sealer {
  private readonly key: Buffer;

  constructor(secretKey: Secret, purpose: string) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey.reveal(), 'pulsegate', purpose, 32));
  }

  /** @returns base64url of initialisation vector, tag and cipher text */
  seal(text: string): string {
    const iv = randomText(IV_BYTES, 'base64url');
    const cipher = createCipheriv('aes-256-gcm', this.key, Buffer.from(iv, 'base64url'));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return iv + Buffer.concat([cipher.getAuthTag(), body]).toString('base64url');
  }

  /** @throws UnsealError when `sealed` is not what {@link Sealer.seal} made with the same secret and purpose */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw new UnsealError('Sealed text cannot be opened with this key.');
    }
  }
}
