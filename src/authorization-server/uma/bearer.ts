import { formatChallenge } from '../../uma/protocol/challenge.js';
import { statusOf, type UmaErrorCode } from '../../uma/protocol/uma-error.js';

/** The token of an `Authorization: Bearer` header; `undefined` when there is none. @see RFC 6750 section 2.1 */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** What is wrong with a bearer token; nothing when there is none. @see RFC 6750 section 3.1 */
interface BearerProblem {
  readonly error: Extract<UmaErrorCode, 'invalid_token' | 'insufficient_scope'>;
  readonly error_description: string;
}

/**
 * Refuses a request because of its bearer token, and tells in `WWW-Authenticate` what to send instead.
 *
 * @see RFC 6750 section 3
 */
export class BearerError extends Error {
  override readonly name = 'BearerError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  private constructor(
    realm: string,
    private readonly problem?: BearerProblem,
    scope?: string,
  ) {
    super(problem?.error_description ?? 'The request has no access token.');
    this.status = statusOf(problem?.error ?? 'invalid_token');
    const parameters = { realm, ...problem, ...(scope === undefined ? {} : { scope }) };
    this.headers = { 'www-authenticate': formatChallenge('Bearer', parameters) };
  }

  /** There is no token at all: the standard wants no error code then. */
  static missing(realm: string): BearerError {
    return new BearerError(realm);
  }

  /** The token is unknown, has expired or was revoked. */
  static invalid(realm: string): BearerError {
    const error_description = 'The access token is unknown or has expired.';
    return new BearerError(realm, { error: 'invalid_token', error_description });
  }

  /** The token is good for something else: a person's token with `scope` is wanted. */
  static insufficient(realm: string, scope: string): BearerError {
    const error_description = `This takes an access token of a person, with scope ${scope}.`;
    return new BearerError(realm, { error: 'insufficient_scope', error_description }, scope);
  }

  toBody(): object {
    return { ...this.problem };
  }
}
