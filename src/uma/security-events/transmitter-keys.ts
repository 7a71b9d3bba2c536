import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';

import type { Clock } from '../../common/clock.js';
import { SingleFlight } from '../../common/single-flight.js';
import { AuthorizationServerUnreachable } from '../protection-api/authorization-server-unreachable.js';
import { exchange } from '../protection-api/http-exchange.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { SET_TYPE } from '../protocol/shared-signals.js';

/** After this time keys are fetched anew, so that one that was taken back is trusted no longer. */
const LIFETIME_MS = 10 * 60 * 1000;
/** A token that names an unknown key is no reason to fetch the keys more often than this. */
const COOLDOWN_MS = 10_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The public keys of a transmitter of security events, as it publishes them. */
export class TransmitterKeys {
  private readonly flights = new SingleFlight<KeySet>();
  private known: { readonly keys: KeySet; readonly fetchedMs: number } | undefined;
  private jwksUri: string | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  /** Says where the keys are. Those of another place are forgotten. */
  areAt(jwksUri: string): void {
    if (this.jwksUri !== jwksUri) this.known = undefined;
    this.jwksUri = jwksUri;
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
    try {
      return await this.verifiedWith(await this.keys(LIFETIME_MS), token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    }
    // The transmitter may have a new key.
    try {
      return await this.verifiedWith(await this.keys(COOLDOWN_MS), token);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private async verifiedWith(keys: KeySet, token: string): Promise<string> {
    const { payload, protectedHeader } = await compactVerify(token, keys, { algorithms: ['ES256'] });
    if (protectedHeader.typ?.toLowerCase().replace(/^application\//, '') !== SET_TYPE) {
      throw new SecurityEventError('invalid_request', `The type of the token is not ${SET_TYPE}.`);
    }
    return Buffer.from(payload).toString('utf8');
  }

  private async keys(lifetimeMs: number): Promise<KeySet> {
    const ageMs = this.clock.nowMs() - (this.known?.fetchedMs ?? -Infinity);
    if (this.known !== undefined && ageMs >= 0 && ageMs < lifetimeMs) return this.known.keys;
    return this.flights.run('', () => this.fetch());
  }

  private async fetch(): Promise<KeySet> {
    if (this.jwksUri === undefined) throw new AuthorizationServerUnreachable('The keys of the events are not known.');
    const { status, body } = await exchange({ method: 'GET', url: this.jwksUri, headers: {} }, this.timeoutMs);
    try {
      if (status !== 200) throw new Error(`The keys are answered with status ${status}.`);
      const keys = createLocalJWKSet(body as JSONWebKeySet);
      this.known = { keys, fetchedMs: this.clock.nowMs() };
      return keys;
    } catch (cause) {
      throw new AuthorizationServerUnreachable('The keys of the events cannot be read.', { cause });
    }
  }
}

function refusalOf(error: unknown): unknown {
  const isUnknown = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
  if (isUnknown || error instanceof errors.JWSSignatureVerificationFailed) {
    return new SecurityEventError('invalid_key', 'No key of the issuer has signed this.');
  }
  if (error instanceof errors.JOSEError) return new SecurityEventError('invalid_request', 'This is no signed token.');
  return error;
}
