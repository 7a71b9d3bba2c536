/**
 * Raised when an authorization server gives no usable answer: it is down, slow, broken, accepts no PAT of the owner, or
 * there is none. Neither message nor cause holds a token.
 */
export class AuthorizationServerUnreachable extends Error {
  override readonly name: string = 'AuthorizationServerUnreachable';
}

/** Raised when there is no PAT of the owner that works: she has to sign in at the resource server again. */
export class OwnerMustSignIn extends AuthorizationServerUnreachable {
  override readonly name = 'OwnerMustSignIn';

  constructor() {
    super('There is no PAT of the resource owner: she has to sign in again.');
  }
}

/** Raised when an authorization server understood a call to its protection API and refused it. */
export class ProtectionApiRefusal extends AuthorizationServerUnreachable {
  override readonly name = 'ProtectionApiRefusal';

  constructor(
    /** HTTP status of the refusal. */
    readonly status: number,
    /** `error` of the answer, such as `invalid_resource_id`; `undefined` when it has none that can be read. */
    readonly code: string | undefined,
  ) {
    super(`The authorization server refused the call with status ${status} (${code ?? 'no error code'}).`);
  }
}
