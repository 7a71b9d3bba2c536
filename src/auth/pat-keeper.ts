import { Inject, Injectable, Logger } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { digest } from '../common/digest.js';
import { Sealer } from '../common/sealing.js';
import type { Secret } from '../common/secret.js';
import { Database } from '../database/database.js';
import type { PatTables } from '../database/resource-server/pats.js';
import { PatSource } from '../uma/protection-api/pat-source.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { scopesOf } from '../uma/protocol/scopes.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import type { SignIn } from './openid-provider.js';
import { OpenIdProviders } from './openid-providers.js';
import { TokenRefresher } from './token-refresher.js';
import type { TokenSet } from './token-set.js';
import { type TokenTables, TokenStore } from './token-store.js';

/**
 * Keeps each owner's PAT with the refresh token that renews it, sealed, for as long as the authorization server takes
 * it: signing out changes nothing, because resources stay protected while their owner is away.
 *
 * @see UMA 2.0 Federated Authorization sections 1.3 and 1.4
 */
@Injectable()
export class PatKeeper extends PatSource {
  private readonly logger = new Logger(PatKeeper.name);
  private readonly store: TokenStore;
  private readonly refresher: TokenRefresher;

  constructor(
    private readonly database: Database<PatTables>,
    private readonly clock: Clock,
    private readonly providers: OpenIdProviders,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {
    super();
    const sealer = new Sealer(options.secretKey, 'PAT');
    this.store = new TokenStore(database as unknown as Database<TokenTables>, 'pat', sealer);
    this.refresher = new TokenRefresher(this.store, clock, {
      spend: (refreshToken, issuer) => providers.refresh(refreshToken, issuer),
      refused: async (id, { version }) => {
        this.logger.warn('A PAT can be renewed no more: its owner must sign in again.');
        await this.store.drop(id, version);
      },
    });
  }

  override async patOf(owner: ResourceOwner): Promise<Secret | undefined> {
    return this.fresh(owner, () => true);
  }

  override async renew(owner: ResourceOwner, rejected: Secret): Promise<Secret | undefined> {
    const isAnother = ({ accessToken }: TokenSet): boolean => accessToken.reveal() !== rejected.reveal();
    const renewed = await this.fresh(owner, isAnother);
    if (renewed === undefined) await this.dropRefused(owner, isAnother);
    return renewed;
  }

  /** A PAT that is refused, and that nothing renews, is none: its owner is to be asked again. */
  private async dropRefused(owner: ResourceOwner, isAnother: (tokens: TokenSet) => boolean): Promise<void> {
    const kept = await this.store.read(idOf(owner));
    if (kept === undefined || kept.tokens.refreshToken !== undefined || isAnother(kept.tokens)) return;
    await this.store.drop(idOf(owner), kept.version);
  }

  override async has(owner: ResourceOwner): Promise<boolean> {
    const tokens = (await this.store.read(idOf(owner)))?.tokens;
    return tokens !== undefined && (tokens.refreshToken !== undefined || this.lasts(tokens));
  }

  /**
   * Takes the tokens of a sign-in for the PAT, if they are any good for it. A PAT that is kept gives way only to one
   * that the person has just consented to: the tokens of other sign-ins end with the session at the authorization server.
   *
   * @param consented whether this sign-in asked for consent
   * @returns whether there is a PAT now
   */
  async offer({ person, tokens }: SignIn, consented: boolean): Promise<boolean> {
    const kept = await this.has(person);
    const lasting = consented && tokens.refreshToken !== undefined;
    const better = lasting || (!kept && (consented || !this.options.consentOnce));
    if (!better || !this.isPat(person, tokens)) return kept;
    await this.keep(person, tokens);
    return true;
  }

  private isPat({ issuer }: ResourceOwner, { scope }: TokenSet): boolean {
    const server = this.providers.find(issuer)?.server;
    return server !== undefined && (server.patScope === null || scopesOf(scope).includes(server.patScope));
  }

  private async keep(owner: ResourceOwner, tokens: TokenSet): Promise<void> {
    const { issuer, subject } = owner;
    const sealed = this.store.seal(tokens);
    await this.database.kysely
      .insertInto('pat')
      .values({ id: idOf(owner), issuer, subject, tokens: sealed, tokens_version: 1, refreshing_until_ms: null })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({
          tokens: sealed,
          tokens_version: row('pat.tokens_version', '+', 1),
          refreshing_until_ms: null,
        })),
      )
      .execute();
  }

  private async fresh(owner: ResourceOwner, isGood: (tokens: TokenSet) => boolean): Promise<Secret | undefined> {
    // Of an authorization server that is in the settings no more nobody knows what it would do with it.
    if (this.providers.find(owner.issuer) === undefined) return undefined;
    const tokens = await this.refresher.fresh(idOf(owner), (kept) => this.lasts(kept) && isGood(kept));
    return tokens?.accessToken;
  }

  private lasts({ expiresAt }: TokenSet): boolean {
    return (expiresAt ?? Infinity) > this.clock.nowSeconds();
  }
}

const idOf = ({ issuer, subject }: ResourceOwner): string => digest(JSON.stringify([issuer, subject]));
