import { Secret } from '../common/secret.js';

/** What a token endpoint gave. Times are seconds since the Unix epoch. */
export interface TokenSet {
  readonly accessToken: Secret;
  readonly scope: string;
  /** When the access token ends, when that is known. */
  readonly expiresAt?: number;
  readonly refreshToken?: Secret;
  readonly idToken?: Secret;
  readonly idTokenExpiresAt?: number;
}

type Written = { readonly [Member in keyof TokenSet]: TokenSet[Member] extends number | undefined ? number : string };

/** Writes tokens out in the clear, for sealing. */
export function revealTokens({ accessToken, refreshToken, idToken, ...rest }: TokenSet): string {
  return JSON.stringify({
    ...rest,
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal(),
    idToken: idToken?.reveal(),
  });
}

/** Reads what {@link revealTokens} wrote. */
export function concealTokens(text: string): TokenSet {
  const { accessToken, refreshToken, idToken, ...rest } = JSON.parse(text) as Written;
  return {
    ...rest,
    accessToken: new Secret(accessToken),
    ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
    ...(idToken !== undefined && { idToken: new Secret(idToken) }),
  };
}

/** The same tokens for somebody who must not refresh them. */
export function withoutRefreshToken(tokens: TokenSet): TokenSet {
  const rest: { -readonly [Member in keyof TokenSet]: TokenSet[Member] } = { ...tokens };
  delete rest.refreshToken;
  return rest;
}
