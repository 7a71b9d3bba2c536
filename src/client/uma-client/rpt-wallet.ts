import type { Clock } from '../../common/clock.js';
import type { Secret } from '../../common/secret.js';
import { SingleFlight } from '../../common/single-flight.js';
import type { GrantedRpt } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { grantFailure } from './grant-failure.js';
import type { Redeemed } from './pushed-claims.js';
import { nearestRpt, rptFor } from './rpt-choice.js';
import { rptOf } from './rpt-grant.js';
import type { RptRenewal } from './rpt-renewal.js';
import type { KeptRpt, RptHolder, RptStore } from './rpt-store.js';
import type { Target } from './trust-list.js';
import type { RequestingParty } from './uma-client-options.js';

/** An RPT in use. */
export interface HeldRpt {
  readonly holder: RptHolder;
  readonly rpt: KeptRpt;
  /** Whether it was issued just now, for the very call that uses it. */
  readonly fresh: boolean;
}

/** What an RPT is wanted for. */
export interface Wanted {
  readonly target: Target;
  readonly party: RequestingParty;
  readonly server: AuthorizationServer;
  /** The RPT that the resource server has just refused for it. */
  readonly refused?: HeldRpt | undefined;
  /** Whether another RPT is offered for an upgrade. */
  readonly upgrades: boolean;
}

/** Asks the authorization server. @param rpt to be upgraded */
export type Redeem = (rpt: Secret | undefined) => Promise<Redeemed>;

/** Keeps the RPTs of every requesting party, and gets each new one only once for all who wait for it. */
export class RptWallet {
  private readonly flights = new SingleFlight<HeldRpt | undefined>();

  constructor(
    private readonly store: RptStore,
    private readonly renewal: RptRenewal,
    private readonly clock: Clock,
  ) {}

  /** An RPT kept from an earlier call, renewed where that is due. */
  async kept(target: Target, party: RequestingParty): Promise<HeldRpt | undefined> {
    for (const issuer of target.issuers) {
      const held = await this.usable(holderOf(target, party, issuer), target, undefined);
      if (held !== undefined) return held;
    }
    return undefined;
  }

  /** Forgets an RPT that the resource server has refused. */
  async forget({ holder, rpt }: HeldRpt): Promise<void> {
    await this.store.drop(holder, rpt);
  }

  /**
   * Gets an RPT, and keeps it. Who asks for the same while one is on its way gets that one.
   *
   * @returns `undefined` when the flow has to start again at the resource server
   * @throws FlowEnded when there is none to be had
   */
  async obtain(wanted: Wanted, redeem: Redeem): Promise<HeldRpt | undefined> {
    const holder = holderOf(wanted.target, wanted.party, wanted.server.issuer);
    let isOwn = false;
    const held = await this.flights.run(JSON.stringify([holder, wanted.target.resourcePath]), () => {
      isOwn = true;
      return this.get(holder, wanted, redeem);
    });
    return held && { ...held, fresh: held.fresh && isOwn };
  }

  /** Gets an RPT with a ticket that must not be wasted: whatever else is on its way. Otherwise as {@link obtain}. */
  async grant(wanted: Wanted, redeem: Redeem): Promise<HeldRpt | undefined> {
    const holder = holderOf(wanted.target, wanted.party, wanted.server.issuer);
    return this.redeem(holder, wanted, redeem);
  }

  private async get(holder: RptHolder, wanted: Wanted, redeem: Redeem): Promise<HeldRpt | undefined> {
    return (await this.usable(holder, wanted.target, wanted.refused)) ?? (await this.redeem(holder, wanted, redeem));
  }

  private async redeem(holder: RptHolder, wanted: Wanted, redeem: Redeem): Promise<HeldRpt | undefined> {
    const offered = wanted.upgrades ? await this.offer(holder, wanted) : undefined;
    const { outcome, pushed } = await redeem(offered?.accessToken);
    // Some servers refuse the whole request for an RPT that they do not like; the next one goes without.
    const isBlamedOnOffer = outcome.kind === 'refused' && offered !== undefined;
    if (outcome.kind === 'stale-ticket' || isBlamedOnOffer) return undefined;
    if (outcome.kind !== 'granted') throw new FlowEnded(grantFailure(outcome, wanted.server, pushed));
    return { holder, rpt: await this.keep(holder, wanted, outcome, offered), fresh: true };
  }

  private async usable(holder: RptHolder, target: Target, refused: HeldRpt | undefined): Promise<HeldRpt | undefined> {
    const good = (await this.store.list(holder)).filter(
      (one) => !isSame(one, refused?.rpt) && (this.renewal.lasts(one) || one.refreshToken !== undefined),
    );
    const chosen = rptFor(good, target.path);
    const rpt = chosen && (await this.renewal.current(holder, chosen, target.resource));
    return rpt && { holder, rpt, fresh: false };
  }

  // The authorization server ignores an RPT that cannot be upgraded for this, such as another owner's.
  private async offer(holder: RptHolder, { target, refused }: Wanted): Promise<KeptRpt | undefined> {
    if (refused?.holder.authorizationServer === holder.authorizationServer) return refused.rpt;
    const lasting = (await this.store.list(holder)).filter((one) => this.renewal.lasts(one));
    return nearestRpt(lasting, target.path);
  }

  /** @see UMA 2.0 Grant section 3.3.5.1: an upgraded RPT takes the place of the old one, any other stands beside it */
  private async keep(
    holder: RptHolder,
    { target, refused }: Wanted,
    granted: GrantedRpt,
    offered: KeptRpt | undefined,
  ): Promise<KeptRpt> {
    const replaced = granted.upgraded ? offered : undefined;
    // What was refused here may still serve elsewhere in the resource, and the new one may not.
    const ownPath = refused === undefined || replaced !== undefined ? target.resourcePath : target.path;
    const paths = [...new Set([...(replaced?.paths ?? []), ownPath])];
    const rpt = rptOf(granted, target.resource, paths, this.clock);
    if (replaced !== undefined) await this.store.drop(holder, replaced);
    await this.clear(holder, paths);
    return this.store.put(holder, rpt);
  }

  private async clear(holder: RptHolder, paths: readonly string[]): Promise<void> {
    for (const kept of await this.store.list(holder)) {
      const left = kept.paths.filter((path) => !paths.includes(path));
      if (left.length === 0) await this.store.drop(holder, kept);
      else if (left.length < kept.paths.length) await this.store.replace(holder, kept, { ...kept, paths: left });
    }
  }
}

function isSame(one: KeptRpt, other: KeptRpt | undefined): boolean {
  return one.accessToken.reveal() === other?.accessToken.reveal();
}

/** Whose RPTs are wanted. */
function holderOf(target: Target, party: RequestingParty, authorizationServer: string): RptHolder {
  return {
    personIssuer: party.issuer,
    personSubject: party.subject,
    authorizationServer,
    resourceServer: target.origin,
  };
}
