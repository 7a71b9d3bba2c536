import type { Protocol } from '../world/protocol.js';
import { acceptedClaimTokens } from './accepted-claim-tokens.js';
import type { Driver, Fixtures, PolicyDriver } from './driver.js';
import { OwnerApi } from './owner-api.js';
import { PulsegatePolicy } from './pulsegate-policy.js';
import { type Providers, StandardSetup } from './standard-setup.js';
import type { Target } from './target.js';

/** Pulsegate's own authorization server, its policies set by the owner API. */
export class PulsegateDriver implements Driver {
  readonly name = 'pulsegate';
  readonly sideBySide = 8;
  private readonly setup: StandardSetup;
  private known: PulsegatePolicy | undefined;

  constructor(
    private readonly protocol: Protocol,
    target: Target,
    providers: Providers,
  ) {
    this.setup = new StandardSetup(protocol, target, providers);
  }

  get policy(): PolicyDriver {
    if (this.known === undefined) throw new Error('The driver was not set up.');
    return this.known;
  }

  async setUp(): Promise<Fixtures> {
    const fixtures = await this.setup.fixtures();
    const { rs1 } = fixtures.clients;
    const [alice, carol] = await Promise.all(
      (['alice', 'carol'] as const).map((owner) =>
        this.setup.accessToken(this.setup.account(owner), rs1, 'openid sharing'),
      ),
    );
    const tokens = { alice: alice ?? '', carol: carol ?? '' };
    this.known = new PulsegatePolicy(new OwnerApi(this.protocol.metadata.issuer, tokens));
    const claimTokens = await acceptedClaimTokens(this.setup, this.protocol, fixtures, this.known);
    return { ...fixtures, claimTokens };
  }

  /** The clients stay: this server does not let them be deleted (RFC 7592). */
  async close(): Promise<void> {
    await this.known?.undo();
  }
}
