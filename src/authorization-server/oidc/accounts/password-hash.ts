import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Rounds of one hash, as a power of two: 2^15 of 1 KiB blocks need 32 MiB and a tenth of a second or two. */
const ROUNDS = 15;
const BLOCKS = { r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

type Cost = Readonly<Record<'ln' | keyof typeof BLOCKS, number>>;

/**
 * Hashes a password for storage.
 *
 * @param ln rounds, as a power of two
 * @returns text that holds the parameters too, so that they can grow later
 */
export async function hashPassword(password: string, ln: number = ROUNDS): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, { ln, ...BLOCKS });
  return `$scrypt$ln=${ln},r=${BLOCKS.r},p=${BLOCKS.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const HASH = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/**
 * Tells whether `password` is the one that was hashed, in a time that tells nothing about how near it is.
 *
 * @throws Error when `hash` is not what {@link hashPassword} makes
 */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt, key] = HASH.exec(hash) ?? [];
  if (salt === undefined || key === undefined) throw new Error('The stored password hash is not readable.');
  const expected = Buffer.from(key, 'base64url');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), expected);
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const rounds = 2 ** ln;
  // One password may be typed in two Unicode forms.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, { N: rounds, r, p, maxmem: 256 * rounds * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
