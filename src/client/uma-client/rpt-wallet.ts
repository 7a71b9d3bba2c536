import type { Clock } from '../../common/clock.js';
import { Secret } from '../../common/secret.js';
import { SingleFlight } from '../../common/single-flight.js';
import type { GrantedRpt, GrantOutcome } from '../../uma/protocol/grant-outcome.js';
import { matchesResourceServer } from '../../uma/protocol/resource-indicator.js';
import type { AuthorizationServer } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { grantFailure } from './grant-failure.js';
import type { RptKey, RptStore, StoredRpt } from './rpt-store.js';
import type { Target } from './trust-list.js';
import type { ProtocolViolation } from './uma-answer.js';
import type { RequestingParty } from './uma-client-options.js';

/** An RPT in use. */
export interface HeldRpt {
  readonly key: RptKey;
  readonly rpt: StoredRpt;
  /** Whether it was issued just now. */
  readonly fresh: boolean;
}

/** Keeps the RPTs of every requesting party, and gets each new one only once for all who wait for it. */
export class RptWallet {
  private readonly flights = new SingleFlight<HeldRpt | undefined>();

  constructor(
    private readonly store: RptStore,
    private readonly clock: Clock,
  ) {}

  /** An RPT kept from an earlier call, not yet expired. */
  async kept(target: Target, party: RequestingParty): Promise<HeldRpt | undefined> {
    for (const issuer of target.issuers) {
      const held = await this.usable(keyOf(target, party, issuer));
      if (held !== undefined) return held;
    }
    return undefined;
  }

  /** Forgets an RPT that the resource server has refused. */
  async forget({ key, rpt }: HeldRpt): Promise<void> {
    await this.store.drop(key, rpt);
  }

  /**
   * Gets an RPT, and keeps it. Who asks for the same while one is on its way gets that one.
   *
   * @param redeem asks the authorization server
   * @returns `undefined` when the permission ticket was no longer good
   * @throws FlowEnded when there is none to be had
   */
  obtain(
    target: Target,
    party: RequestingParty,
    server: AuthorizationServer,
    redeem: () => Promise<GrantOutcome>,
  ): Promise<HeldRpt | undefined> {
    const key = keyOf(target, party, server.issuer);
    return this.flights.run(JSON.stringify(key), async () => {
      const kept = await this.usable(key);
      if (kept !== undefined) return kept;
      const outcome = await redeem();
      if (outcome.kind === 'stale-ticket') return undefined;
      if (outcome.kind !== 'granted') throw new FlowEnded(grantFailure(outcome, server));
      checkGrant(outcome, target);
      const rpt = this.toStored(outcome);
      await this.store.put(key, rpt);
      return { key, rpt, fresh: true };
    });
  }

  private async usable(key: RptKey): Promise<HeldRpt | undefined> {
    const rpt = await this.store.get(key);
    if (rpt === undefined || (rpt.expiresAt ?? Infinity) <= this.clock.nowSeconds()) return undefined;
    return { key, rpt, fresh: false };
  }

  private toStored({ accessToken, expiresInSeconds }: GrantedRpt): StoredRpt {
    const expiresAt = expiresInSeconds === undefined ? {} : { expiresAt: this.clock.nowSeconds() + expiresInSeconds };
    return { accessToken: new Secret(accessToken), ...expiresAt };
  }
}

// An RPT that is good elsewhere too could be replayed there by the server that is called: every resource must be its own.
function checkGrant({ accessToken, tokenType, resource }: GrantedRpt, target: Target): void {
  const usable = tokenType.toLowerCase() === 'bearer' && /^[\x21-\x7E]+$/.test(accessToken);
  if (!usable) throw violation('unusable-token');
  if (resource === undefined) return;
  const own = resource.length > 0 && resource.every((one) => matchesResourceServer(one, target.resource));
  if (!own) throw violation('resource-mismatch');
}

const violation = (kind: ProtocolViolation): FlowEnded =>
  new FlowEnded({ kind: 'protocol-violation', violation: kind });

function keyOf(target: Target, party: RequestingParty, authorizationServer: string): RptKey {
  return {
    personIssuer: party.issuer,
    personSubject: party.subject,
    authorizationServer,
    resourceServer: target.origin,
    resource: target.path,
  };
}
