import { compactVerify, errors } from 'jose';

import type { Clock } from '../../common/clock.js';
import { RemoteKeys } from '../../common/remote-keys.js';
import { AuthorizationServerUnreachable } from '../protection-api/authorization-server-unreachable.js';
import { exchange } from '../protection-api/http-exchange.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { SET_TYPE } from '../protocol/shared-signals.js';

/** The public keys of a transmitter of security events, as it publishes them. */
export class TransmitterKeys {
  private published: { readonly jwksUri: string; readonly keys: RemoteKeys } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  /** Says where the keys are. Those of another place are forgotten. */
  areAt(jwksUri: string): void {
    if (this.published?.jwksUri === jwksUri) return;
    this.published = { jwksUri, keys: new RemoteKeys(this.clock, () => this.fetch(jwksUri)) };
  }

  /**
   * Checks the signature and the kind of a security event token: ES256 and nothing else, and a type of its own.
   *
   * @returns its claims, as they were written
   * @throws SecurityEventError `invalid_key` when no key of the transmitter has signed it, else `invalid_request`
   * @throws AuthorizationServerUnreachable when the keys cannot be had
   * @see RFC 8725 sections 3.1 and 3.11
   */
  async verified(token: string): Promise<string> {
    if (this.published === undefined) {
      throw new AuthorizationServerUnreachable('The keys of the events are not known.');
    }
    const { payload, protectedHeader } = await compactVerify(token, this.published.keys.find, {
      algorithms: ['ES256'],
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    if (protectedHeader.typ?.toLowerCase().replace(/^application\//, '') !== SET_TYPE) {
      throw new SecurityEventError('invalid_request', `The type of the token is not ${SET_TYPE}.`);
    }
    return Buffer.from(payload).toString('utf8');
  }

  private async fetch(url: string): Promise<unknown> {
    const { status, body } = await exchange({ method: 'GET', url, headers: {} }, this.timeoutMs);
    if (status === 200) return body;
    throw new AuthorizationServerUnreachable(`The keys of the events are answered with status ${status}.`);
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWKSInvalid) {
    return new AuthorizationServerUnreachable('The keys of the events cannot be read.', { cause: error });
  }
  const isUnknown = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
  if (isUnknown || error instanceof errors.JWSSignatureVerificationFailed) {
    return new SecurityEventError('invalid_key', 'No key of the issuer has signed this.');
  }
  if (error instanceof errors.JOSEError) return new SecurityEventError('invalid_request', 'This is no signed token.');
  return error;
}
