import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** Members of a JWS header that a test sets otherwise; `kid` chooses the key, one that nobody publishes included. */
export interface SignatureHeader {
  readonly kid?: string;
  readonly typ?: string;
}

const ALGORITHM = 'ES256';

/** The signing keys of a fake authorization server, as many as a test wants, by their `kid`. */
export class FakeKeys {
  private readonly pairs = new Map<string, KeyPair>();
  private readonly published = new Map<string, JWK>();

  private constructor() {
    // One key has to be made first.
  }

  /** @returns with the key `key-1` */
  static async make(): Promise<FakeKeys> {
    const keys = new FakeKeys();
    await keys.add('key-1');
    return keys;
  }

  /** Makes one more key, and publishes it. */
  async add(kid: string): Promise<void> {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    this.pairs.set(kid, pair);
    this.published.set(kid, { ...(await exportJWK(pair.publicKey)), kid, alg: ALGORITHM });
  }

  /** Publishes a key no more; it still signs. */
  remove(kid: string): void {
    this.published.delete(kid);
  }

  /** The key set that is published. @see RFC 7517 section 5 */
  jwks(): { readonly keys: readonly JWK[] } {
    return { keys: [...this.published.values()] };
  }

  /** Signs claims as they are; by a key that nobody knows when there is none of that name. */
  async sign(claims: object, { kid = 'key-1', ...header }: SignatureHeader = {}): Promise<string> {
    const { privateKey } = this.pairs.get(kid) ?? (await generateKeyPair(ALGORITHM));
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: ALGORITHM, kid, ...header }).sign(privateKey);
  }
}
