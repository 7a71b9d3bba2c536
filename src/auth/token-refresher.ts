import { setTimeout } from 'node:timers/promises';

import type { Clock } from '../common/clock.js';
import type { Secret } from '../common/secret.js';
import { SingleFlight } from '../common/single-flight.js';
import type { TokenSet } from './token-set.js';
import type { KeptTokens, TokenStore } from './token-store.js';

const CLAIM_MS = 30_000;
const POLL_MS = 100;
const MAX_POLLS = 100;

/** What became of a refresh token that was spent: new tokens, or the reason why there are none. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly tokens: Partial<TokenSet> }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unavailable' };

/** How a {@link TokenRefresher} spends refresh tokens. */
export interface RefreshTerms {
  /** @param issuer the authorization server that gave it: no other one may see it */
  spend(refreshToken: Secret, issuer: string): Promise<RefreshOutcome>;
  /** Called when the authorization server takes the refresh token no more. */
  refused(id: string, kept: KeptTokens): Promise<void>;
  /** How long to wait between looks at what another instance does, in milliseconds; 100 when left out. */
  readonly pollMs?: number;
}

/**
 * Keeps tokens fresh. A refresh token that rotates is good for one use, and a second use may cost the whole grant: so
 * each is spent once, for all waiters, here and on other instances that share the database.
 *
 * @see RFC 9700 section 4.14.2 (refresh token rotation)
 */
export class TokenRefresher {
  private readonly flights = new SingleFlight<TokenSet | undefined>();

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
    private readonly terms: RefreshTerms,
  ) {}

  /** @returns the tokens of a row if they are good, as they are or after a refresh; else `undefined` */
  async fresh(id: string, isGood: (tokens: TokenSet) => boolean): Promise<TokenSet | undefined> {
    const kept = await this.store.read(id);
    if (kept === undefined || isGood(kept.tokens)) return kept?.tokens;
    const tokens = await this.flights.run(id, () => this.refresh(id, isGood));
    return tokens !== undefined && isGood(tokens) ? tokens : undefined;
  }

  private async refresh(id: string, isGood: (tokens: TokenSet) => boolean): Promise<TokenSet | undefined> {
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const kept = await this.store.read(id);
      if (kept === undefined || isGood(kept.tokens)) return kept?.tokens;
      const { refreshToken } = kept.tokens;
      if (refreshToken === undefined) return undefined;
      const nowMs = this.clock.nowMs();
      if (await this.store.claim(id, kept.version, nowMs, nowMs + CLAIM_MS)) return this.spend(id, kept, refreshToken);
      await setTimeout(this.terms.pollMs ?? POLL_MS);
    }
    return undefined;
  }

  private async spend(id: string, kept: KeptTokens, refreshToken: Secret): Promise<TokenSet | undefined> {
    const outcome = await this.terms.spend(refreshToken, kept.issuer);
    if (outcome.kind === 'refreshed') {
      const tokens = { ...kept.tokens, ...outcome.tokens };
      await this.store.replace(id, kept.version, tokens);
      return tokens;
    }
    if (outcome.kind === 'refused') await this.terms.refused(id, kept);
    else await this.store.release(id, kept.version);
    return undefined;
  }
}
