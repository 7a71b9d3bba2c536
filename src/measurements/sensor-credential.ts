const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** What of a request or a handshake can carry a sensor's credential. */
export interface CredentialCarrier {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The payload of a socket.io handshake. */
  readonly auth?: Readonly<Record<string, unknown>>;
}

/** The credential a sensor presents: `auth.token` of its handshake, else its Bearer token. @see RFC 6750 section 2.1 */
export function credentialOf({ auth, headers }: CredentialCarrier): string | undefined {
  const token = auth?.['token'];
  if (typeof token === 'string') return token;
  return BEARER.exec(String(headers['authorization'] ?? ''))?.[1];
}
