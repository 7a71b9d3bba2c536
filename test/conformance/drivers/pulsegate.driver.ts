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
  private known: PulsegatePolicy | undefined;

  constructor(
    private readonly target: Target,
    private readonly providers: Providers,
  ) {}

  get policy(): PolicyDriver {
    if (this.known === undefined) throw new Error('The driver was not set up.');
    return this.known;
  }

  async setUp(protocol: Protocol): Promise<Fixtures> {
    const setup = new StandardSetup(protocol, this.target, this.providers);
    const fixtures = await setup.fixtures();
    const { rs1 } = fixtures.clients;
    const [alice, carol] = await Promise.all([
      setup.accessToken(setup.account('alice'), rs1, 'openid sharing'),
      setup.accessToken(setup.account('carol'), rs1, 'openid sharing'),
    ]);
    this.known = new PulsegatePolicy(new OwnerApi(protocol.metadata.issuer, { alice, carol }));
    const claimTokens = await acceptedClaimTokens(setup, protocol, fixtures, this.known);
    return { ...fixtures, claimTokens };
  }

  /** The clients stay: this server does not let them be deleted (RFC 7592). */
  async close(): Promise<void> {
    await this.known?.undo();
  }
}
