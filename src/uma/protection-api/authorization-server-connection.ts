import type { Clock } from '../../common/clock.js';
import { SingleFlight } from '../../common/single-flight.js';
import { readUmaConfiguration } from '../protocol/authorization-server-profile.js';
import { checkUmaConfiguration, type UmaConfiguration } from '../protocol/discovery.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import type { AuthorizationServer } from './authorization-servers.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type Answer, type Call, exchange } from './http-exchange.js';
import { publishedMetadata } from './published-metadata.js';

const CONFIGURATION_LIFETIME_MS = 60 * 60 * 1000;
const BREAKER = { failures: 5, pauseMs: 3000 };
/** Statuses of an address where the endpoint may not be any more. */
const MOVED: ReadonlySet<number> = new Set([301, 302, 307, 308, 404, 405, 410]);

/**
 * The way to one authorization server: knows its endpoints, for an hour or until one of them fails, and spares callers
 * the wait while it is down.
 */
export class AuthorizationServerConnection {
  private readonly breaker: CircuitBreaker;
  private readonly flights = new SingleFlight<UmaConfiguration>();
  private known: { readonly configuration: UmaConfiguration; readonly untilMs: number } | undefined;

  /** @param timeoutMs how long one call may take */
  constructor(
    readonly server: AuthorizationServer,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    this.breaker = new CircuitBreaker(clock, BREAKER);
  }

  /**
   * Begins a call: tells where the endpoints are.
   *
   * @throws AuthorizationServerUnreachable when the issuer publishes no usable document at any of the well-known places,
   * or when its last calls failed and it is not yet time to try again
   * @see UMA 2.0 Grant section 2
   */
  async open(): Promise<UmaConfiguration> {
    if (!this.breaker.allows()) {
      throw new AuthorizationServerUnreachable(`${this.server.issuer} did not answer the last calls.`);
    }
    if (this.known !== undefined && this.clock.nowMs() < this.known.untilMs) return this.known.configuration;
    return this.flights.run('', () => this.watched(() => this.discover()));
  }

  /**
   * Makes a call that was begun with {@link open}.
   *
   * @throws AuthorizationServerUnreachable when there is no sensible answer in time
   */
  async send(call: Call): Promise<Answer> {
    const answer = await this.watched(() => exchange(call, this.timeoutMs));
    this.breaker.succeeded();
    if (MOVED.has(answer.status)) this.known = undefined;
    return answer;
  }

  private async watched<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.breaker.failed();
      this.known = undefined;
      throw error;
    }
  }

  private async discover(): Promise<UmaConfiguration> {
    const configuration = await this.configuration();
    this.known = { configuration, untilMs: this.clock.nowMs() + CONFIGURATION_LIFETIME_MS };
    return configuration;
  }

  private configuration(): Promise<UmaConfiguration> | UmaConfiguration {
    const { issuer, profile } = this.server;
    const { endpoints, urls } = profile.discovery;
    if (endpoints !== undefined) return checkUmaConfiguration(issuer, { issuer, ...endpoints(issuer) });
    const check = (document: unknown) => readUmaConfiguration(profile.discovery, issuer, document);
    return publishedMetadata(issuer, check, this.timeoutMs, urls(issuer));
  }
}
