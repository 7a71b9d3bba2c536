import type { Clock } from '../../common/clock.js';
import type { Secret } from '../../common/secret.js';
import { SingleFlight } from '../../common/single-flight.js';
import type { GrantOutcome } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer, Discovery } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { rptOf } from './rpt-grant.js';
import type { KeptRpt, Rpt, RptHolder, RptStore } from './rpt-store.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { TooManyRequests } from './unless-unreachable.js';

/** How long an authorization server that is asked too much is left alone. */
const POSTPONED_SECONDS = 10;

interface Unspent {
  readonly kind: 'unspent';
}

/**
 * Renews RPTs by their refresh tokens. A refresh token that rotates is good for one use: it is taken out of the store
 * before it is spent, so that nobody spends it twice, on other instances neither, and put back when the server would not
 * even look at it. When the answer is lost, so is the refresh token; a fresh start at the resource server is always open.
 *
 * @see UMA 2.0 Grant section 3.6, RFC 9700 section 4.14.2
 */
export class RptRenewal {
  private readonly flights = new SingleFlight<KeptRpt | undefined>();

  constructor(
    private readonly store: RptStore,
    private readonly tokens: TokenEndpoint,
    private readonly discovery: Discovery,
    private readonly clock: Clock,
  ) {}

  /**
   * @param resource identifier of the resource server
   * @returns the RPT itself while it is good, or the one in its place; `undefined` when it has ended and is not renewed
   */
  async current(holder: RptHolder, kept: KeptRpt, resource: string): Promise<KeptRpt | undefined> {
    if (this.clock.nowSeconds() < (kept.renewAt ?? Infinity)) return this.lasts(kept) ? kept : undefined;
    const renewed = await this.flights.run(kept.id, () => this.renew(holder, kept, resource));
    return renewed ?? (this.lasts(kept) ? kept : undefined);
  }

  /** Whether an RPT has not ended. */
  lasts({ expiresAt }: Rpt): boolean {
    return this.clock.nowSeconds() < (expiresAt ?? Infinity);
  }

  private async renew(holder: RptHolder, kept: KeptRpt, resource: string): Promise<KeptRpt | undefined> {
    const { accessToken, paths, expiresAt, refreshToken } = kept;
    if (refreshToken === undefined) return undefined;
    try {
      const server = await this.discovery.of(holder.authorizationServer);
      const bare = { accessToken, paths, ...(expiresAt !== undefined && { expiresAt }) };
      const emptied = await this.store.replace(holder, kept, bare);
      if (emptied === undefined) return undefined;
      const outcome = await this.spend(server, refreshToken);
      if (outcome.kind === 'unspent') await this.store.replace(holder, emptied, this.later(kept));
      if (outcome.kind !== 'granted') return undefined;
      // The old refresh token stays good where no other comes (RFC 6749 section 6).
      const granted = { refreshToken: refreshToken.reveal(), ...outcome };
      return await this.store.replace(holder, emptied, rptOf(granted, resource, paths, this.clock));
    } catch (error) {
      if (error instanceof FlowEnded) return undefined;
      throw error;
    }
  }

  private async spend(server: AuthorizationServer, refreshToken: Secret): Promise<GrantOutcome | Unspent> {
    try {
      return await this.tokens.refresh(server, refreshToken);
    } catch (error) {
      if (error instanceof TooManyRequests) return { kind: 'unspent' };
      throw error;
    }
  }

  private later(kept: KeptRpt): KeptRpt {
    return { ...kept, renewAt: this.clock.nowSeconds() + POSTPONED_SECONDS };
  }
}
