import type { Clock } from '../../common/clock.js';
import { SingleFlight } from '../../common/single-flight.js';
import { checkUmaConfiguration, DiscoveryError, discoveryUrls, type UmaConfiguration } from '../protocol/discovery.js';
import type { AuthorizationServerHttp } from './authorization-server-http.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';

const LIFETIME_MS = 60 * 60 * 1000;

/** Knows where the endpoints of each authorization server are; a document is kept for an hour, or until told to forget. */
export class UmaDiscovery {
  private readonly known = new Map<string, { configuration: UmaConfiguration; untilMs: number }>();
  private readonly flights = new SingleFlight<UmaConfiguration>();

  constructor(
    private readonly http: AuthorizationServerHttp,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AuthorizationServerUnreachable when the issuer publishes no usable document at any of the well-known places
   * @see UMA 2.0 Grant section 2
   */
  async configurationOf(issuer: string): Promise<UmaConfiguration> {
    const known = this.known.get(issuer);
    if (known !== undefined && this.clock.nowMs() < known.untilMs) return known.configuration;
    return this.flights.run(issuer, () => this.fetch(issuer));
  }

  /** Makes the next question ask the authorization server again: its endpoints may have moved. */
  forget(issuer: string): void {
    this.known.delete(issuer);
  }

  private async fetch(issuer: string): Promise<UmaConfiguration> {
    let cause: unknown;
    for (const url of discoveryUrls(issuer)) {
      const { status, body } = await this.http.send(issuer, { method: 'GET', url, headers: {} });
      if (status !== 200) continue;
      try {
        const configuration = checkUmaConfiguration(issuer, body);
        this.known.set(issuer, { configuration, untilMs: this.clock.nowMs() + LIFETIME_MS });
        return configuration;
      } catch (error) {
        if (!(error instanceof DiscoveryError)) throw error;
        cause = error;
      }
    }
    throw new AuthorizationServerUnreachable(`${issuer} publishes no usable UMA metadata.`, { cause });
  }
}
