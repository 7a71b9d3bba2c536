/** A person who asks for access, as somebody vouches for them. */
export interface Identity {
  /** Who vouches: the `iss` of their ID tokens. */
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string;
}

/** A claim token and the format it is pushed in. */
export interface ClaimToken {
  readonly token: string;
  readonly format: string;
}

/** The format of an ID token. @see UMA 2.0 Grant section 3.3.1 */
export const ID_TOKEN_FORMAT = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';
