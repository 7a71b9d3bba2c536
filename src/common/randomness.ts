import { randomFillSync } from 'node:crypto';

/** Randomness is fetched in advance: to fetch a little costs as much as to fetch a lot. */
const stock = Buffer.alloc(4096);
let used = stock.length;

/** An unguessable handle of 256 random bits, as 43 base64url characters. @see UMA 2.0 Grant section 5.4 */
export function randomHandle(): string {
  return randomText(32, 'base64url');
}

/** An identifier of 128 random bits, as 22 base64url characters; it need not be secret. */
export function randomId(): string {
  return randomText(16, 'base64url');
}

/**
 * An identifier as long as others, of 88 random bits, which begins with the time: whatever is stored in its order lies
 * together with what came about in the same second, so that little of a large table is written to at once.
 *
 * @param nowSeconds seconds since the Unix epoch
 */
export function idAt(nowSeconds: number): string {
  return nowSeconds.toString(36).padStart(7, '0') + randomText(11, 'base64url');
}

/** @param bytes how much randomness @throws RangeError for more than is ever needed at once */
export function randomText(bytes: number, encoding: 'base64url' | 'hex'): string {
  if (bytes > stock.length) throw new RangeError('So much randomness is not kept in stock.');
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  const end = used + bytes;
  const text = stock.toString(encoding, used, end);
  // Nothing of a secret stays behind.
  stock.fill(0, used, end);
  used = end;
  return text;
}
