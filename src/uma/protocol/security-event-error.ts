/** A code of the `err` member. @see RFC 8935 section 2.4, IANA Security Event Token Error Codes */
export type SecurityEventErrorCode =
  'invalid_request' | 'invalid_key' | 'invalid_issuer' | 'invalid_audience' | 'authentication_failed' | 'access_denied';

/**
 * A security event token that is refused, or who sent it. The message is for the transmitter's operator and repeats
 * nothing of the token.
 *
 * @see RFC 8935 section 2.3
 */
export class SecurityEventError extends Error {
  override readonly name = 'SecurityEventError';

  constructor(
    readonly code: SecurityEventErrorCode,
    description: string,
  ) {
    super(description);
  }

  /** The JSON body of the answer. */
  toBody(): { readonly err: SecurityEventErrorCode; readonly description: string } {
    return { err: this.code, description: this.message };
  }
}
