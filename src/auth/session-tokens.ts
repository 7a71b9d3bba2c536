import { Inject, Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import type { Secret } from '../common/secret.js';
import type { LoginSession } from './login-session.js';
import { OpenIdProviders } from './openid-providers.js';
import { TokenRefresher } from './token-refresher.js';
import { type TokenSet, withoutRefreshToken } from './token-set.js';
import type { TokenStore } from './token-store.js';

/** Injection token of the {@link TokenStore} of the sessions. */
export const SESSION_TOKEN_STORE = Symbol('SessionTokenStore');

/** How long before its end a token is refreshed, in seconds, so that it lasts for what it is needed for. */
const MARGIN_SECONDS = 60;

/** The tokens of people who are signed in; they never leave the server. */
@Injectable()
export class SessionTokens {
  private readonly refresher: TokenRefresher;

  constructor(
    private readonly clock: Clock,
    providers: OpenIdProviders,
    @Inject(SESSION_TOKEN_STORE) private readonly store: TokenStore,
  ) {
    this.refresher = new TokenRefresher(store, clock, {
      spend: (refreshToken, issuer) => providers.refresh(refreshToken, issuer),
      refused: (id, { tokens, version }) => store.replace(id, version, withoutRefreshToken(tokens)),
    });
  }

  /**
   * The person's ID token, refreshed once for all waiters when it is about to expire.
   *
   * @returns `undefined` when it has expired and cannot be refreshed: the person must sign in again
   */
  async idToken(session: Pick<LoginSession, 'id'>): Promise<Secret | undefined> {
    return (await this.lasting(session, ({ idTokenExpiresAt }) => idTokenExpiresAt ?? 0))?.idToken;
  }

  /**
   * The access token for the person's own `userinfo`, refreshed likewise.
   *
   * @returns `undefined` when it has expired and cannot be refreshed
   */
  async accessToken(session: LoginSession): Promise<Secret | undefined> {
    return (await this.lasting(session, ({ expiresAt }) => expiresAt ?? Infinity))?.accessToken;
  }

  private async lasting(
    { id }: Pick<LoginSession, 'id'>,
    endOf: (tokens: TokenSet) => number,
  ): Promise<TokenSet | undefined> {
    const lasts = (margin: number) => (tokens: TokenSet) => endOf(tokens) - this.clock.nowSeconds() > margin;
    const fresh = await this.refresher.fresh(id, lasts(MARGIN_SECONDS));
    if (fresh !== undefined) return fresh;
    // What cannot be refreshed is good to its last second.
    const kept = (await this.store.read(id))?.tokens;
    return kept !== undefined && lasts(0)(kept) ? kept : undefined;
  }
}
