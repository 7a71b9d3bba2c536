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
