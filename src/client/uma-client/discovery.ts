import type { Response } from 'undici';

import type { Clock } from '../../common/clock.js';
import { SingleFlight } from '../../common/single-flight.js';
import {
  type AuthorizationServerProfile,
  STANDARD_PROFILE,
  withOwnIssuer,
} from '../../uma/protocol/authorization-server-profile.js';
import { checkMetadata, DiscoveryError, type Metadata } from '../../uma/protocol/discovery.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { FlowEnded } from './flow-ended.js';
import { freshnessSeconds } from './freshness.js';
import { type Http, readJson } from './http.js';
import { followRedirects } from './redirects.js';
import { unlessUnreachable } from './unless-unreachable.js';

/** Metadata of an authorization server, as far as a client needs them. */
export type AuthorizationServer = Metadata<'token_endpoint'>;

type JsonObject = Readonly<Record<string, unknown>>;

interface Reply {
  readonly response: Response;
  readonly document: unknown;
}

/** Finds the metadata of authorization servers and keeps them by the rules of HTTP, at most an hour. */
export class Discovery {
  private readonly kept = new Map<string, { readonly found: AuthorizationServer; readonly freshUntilMs: number }>();
  private readonly flights = new SingleFlight<AuthorizationServer>();

  constructor(
    private readonly http: Http,
    private readonly clock: Clock,
    private readonly privateHosts: readonly string[],
    private readonly profiles: ReadonlyMap<string, AuthorizationServerProfile> = new Map(),
  ) {}

  /** How an authorization server differs from the standard. */
  profileOf(issuer: string): AuthorizationServerProfile {
    return this.profiles.get(issuer) ?? STANDARD_PROFILE;
  }

  /**
   * @throws FlowEnded `untrusted` when the metadata are of another issuer or name an endpoint that is not secure,
   * `authorization-server-unreachable`, or `protocol-violation` when there are none
   * @see UMA 2.0 Grant section 2, RFC 8414 section 3.3
   */
  async of(issuer: string): Promise<AuthorizationServer> {
    const kept = this.kept.get(issuer);
    if (kept !== undefined && this.clock.nowMs() < kept.freshUntilMs) return kept.found;
    return this.flights.run(issuer, () => this.find(issuer));
  }

  /** Has the metadata fetched anew at the next use: an endpoint they name does not work. */
  forget(issuer: string): void {
    this.kept.delete(issuer);
  }

  private async find(issuer: string): Promise<AuthorizationServer> {
    const { discovery } = this.profileOf(issuer);
    const known = discovery.endpoints?.(issuer);
    try {
      if (known !== undefined) return this.check(issuer, { issuer, ...known });
      for (const url of discovery.urls(issuer)) {
        const { response, document } = await this.fetch(url);
        if (response.ok && isJsonObject(document)) return this.keep(issuer, response, document);
      }
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error;
      throw new FlowEnded({ kind: 'untrusted', server: 'authorization-server', reason: error.message });
    }
    throw new FlowEnded({ kind: 'protocol-violation', violation: 'no-metadata' });
  }

  private fetch(first: string): Promise<Reply> {
    const headers = { accept: 'application/json' };
    return unlessUnreachable(
      followRedirects(first, (url) =>
        this.http.exchange('discovery', { url, method: 'GET', headers }, async (response) => ({
          response,
          document: await readJson(response),
        })),
      ),
    );
  }

  private keep(issuer: string, { headers }: Response, document: JsonObject): AuthorizationServer {
    const found = this.check(issuer, document);
    this.kept.set(issuer, { found, freshUntilMs: this.clock.nowMs() + 1000 * freshnessSeconds(headers) });
    return found;
  }

  private check(issuer: string, document: JsonObject): AuthorizationServer {
    const named = withOwnIssuer(this.profileOf(issuer).discovery, issuer, document);
    return checkMetadata(issuer, named, ['token_endpoint'], this.privateHosts);
  }
}
