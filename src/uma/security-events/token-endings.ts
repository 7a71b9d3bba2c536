/** News that what was known of a token holds no more. */
export interface TokenEnding {
  /** The authorization server that tells. */
  readonly issuer: string;
  /** `jti` of the token; `undefined` when it can be any token of the issuer. */
  readonly tokenId: string | undefined;
  /** Whether the token is good for nothing any more, or for something else than before. */
  readonly kind: 'ended' | 'changed';
}

/** Hears of a {@link TokenEnding}; it must not throw. */
export type TokenEndingListener = (ending: TokenEnding) => void;

/** Tells whoever relies on a token that an authorization server has ended or changed it. */
export class TokenEndings {
  private readonly listeners = new Set<TokenEndingListener>();

  /** Calls `listener` at each ending from now on, before its sender is told that it was heard. @returns how to stop that */
  subscribe(listener: TokenEndingListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  publish(ending: TokenEnding): void {
    for (const listener of this.listeners) listener(ending);
  }
}
