import { randomBytes } from 'node:crypto';

/** An unguessable handle of 256 random bits, as 43 base64url characters. @see UMA 2.0 Grant section 5.4 */
export function randomHandle(): string {
  return randomBytes(32).toString('base64url');
}

/** An identifier of 128 random bits, as 22 base64url characters; it need not be secret. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}
