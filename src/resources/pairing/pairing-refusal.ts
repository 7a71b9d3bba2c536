/** Why a sensor gets no credential (yet): the codes and the status of the token endpoint. @see RFC 8628 section 3.5 */
export type PairingRefusalCode =
  'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'invalid_grant';

const SENTENCES: Readonly<Record<PairingRefusalCode, string>> = {
  authorization_pending: 'The owner has not answered yet: ask again when the interval has passed.',
  slow_down: 'Wait five seconds longer between two questions from now on.',
  access_denied: 'The owner does not let this sensor in.',
  expired_token: 'It took too long: begin anew.',
  invalid_grant: 'There is no such pairing, or its credential is in use: begin anew.',
};

/** Refuses a sensor its credential. */
export class PairingRefusal extends Error {
  override readonly name = 'PairingRefusal';
  readonly status = 400;

  constructor(readonly code: PairingRefusalCode) {
    super(SENTENCES[code]);
  }

  /** The JSON body of the answer. */
  toBody(): object {
    return { error: this.code, error_description: this.message };
  }
}
