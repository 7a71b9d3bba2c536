import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';

import type { Clock } from './clock.js';
import { SingleFlight } from './single-flight.js';

/** After this time keys are fetched anew, so that one that was taken back is trusted no longer. */
const LIFETIME_MS = 10 * 60 * 1000;
/** A token that names an unknown key is no reason to fetch the keys more often than this. */
const COOLDOWN_MS = 10_000;

type LocalKeySet = ReturnType<typeof createLocalJWKSet>;
type FindKey = (...token: Parameters<LocalKeySet>) => ReturnType<LocalKeySet>;

/** The public keys that a signer publishes, kept for a while. */
export class RemoteKeys {
  private readonly flights = new SingleFlight<FindKey>();
  private known: { readonly find: FindKey; readonly fetchedMs: number } | undefined;

  /** @param fetch gets the JSON Web Key Set that is published now, not yet checked */
  constructor(
    private readonly clock: Clock,
    private readonly fetch: () => Promise<unknown>,
  ) {}

  /**
   * Finds the key of a token, for the functions of `jose` that verify.
   *
   * @throws JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JWKSInvalid of `jose`, and whatever `fetch` throws
   * @see RFC 7517 section 5
   */
  readonly find: FindKey = async (...token) => {
    try {
      const find = await this.finder(LIFETIME_MS);
      return await find(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    // The signer may have a new key.
    const find = await this.finder(COOLDOWN_MS);
    return find(...token);
  };

  private async finder(lifetimeMs: number): Promise<FindKey> {
    const ageMs = this.clock.nowMs() - (this.known?.fetchedMs ?? -Infinity);
    if (this.known !== undefined && ageMs >= 0 && ageMs < lifetimeMs) return this.known.find;
    return this.flights.run('', async () => {
      const find = createLocalJWKSet((await this.fetch()) as JSONWebKeySet);
      this.known = { find, fetchedMs: this.clock.nowMs() };
      return find;
    });
  }
}
