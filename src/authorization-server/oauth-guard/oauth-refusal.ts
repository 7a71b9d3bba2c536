/** Why a request may not reach a protected route. */
export type OAuthRefusalReason = 'no_token' | 'invalid_token' | 'insufficient_scope';

/** Raised by the guard; {@link OAuthRefusalFilter} makes an answer of it. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';

  constructor(
    readonly reason: OAuthRefusalReason,
    /** The scopes that the route requires. */
    readonly scopes: readonly string[] = [],
  ) {
    super(reason);
  }
}
