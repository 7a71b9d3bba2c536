import { formatChallenge } from '../../uma/protocol/challenge.js';
import { UmaError, type UmaErrorCode } from '../../uma/protocol/uma-error.js';

/** The token of an `Authorization: Bearer` header; `undefined` when there is none. @see RFC 6750 section 2.1 */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/**
 * A refusal of a request because of its bearer token, with the challenge to send beside it.
 *
 * @see RFC 6750 section 3
 */
export interface BearerRefusal {
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  readonly error: Error;
}

/** Refuses a request that has no token at all: it is told how to authenticate, and of no error. */
export function missingToken(realm: string): BearerRefusal {
  return { challenge: formatChallenge('Bearer', { realm }), error: new MissingTokenError() };
}

/** Refuses a token: unknown or expired (`invalid_token`), or one that lacks `scope` (`insufficient_scope`). */
export function refusedToken(
  realm: string,
  error: Extract<UmaErrorCode, 'invalid_token' | 'insufficient_scope'>,
  description: string,
  scope?: string,
): BearerRefusal {
  const parameters = { realm, error, error_description: description, ...(scope === undefined ? {} : { scope }) };
  return { challenge: formatChallenge('Bearer', parameters), error: new UmaError(error, description) };
}

/** Shaped like a {@link UmaError}, but without an error code: RFC 6750 section 3.1 wants none in this case. */
class MissingTokenError extends Error {
  override readonly name = 'MissingTokenError';
  readonly status = 401;

  constructor() {
    super('The request has no access token.');
  }

  toBody(): Record<string, unknown> {
    return {};
  }
}
