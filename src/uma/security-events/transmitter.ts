import { hkdfSync } from 'node:crypto';

import { randomHandle } from '../../common/randomness.js';
import { Secret } from '../../common/secret.js';
import { exchange, type Answer } from '../protection-api/http-exchange.js';
import { publishedMetadata } from '../protection-api/published-metadata.js';
import { basicAuthorization } from '../protocol/basic-authorization.js';
import { checkMetadata, DiscoveryError, isSecureUrl, type Metadata } from '../protocol/discovery.js';
import {
  PUSH_DELIVERY,
  SESSION_REVOKED,
  SSF_DISCOVERY_PATH,
  SSF_MANAGE_SCOPE,
  TOKEN_CLAIMS_CHANGE,
} from '../protocol/shared-signals.js';
import { isJsonObject, isStringArray } from '../protocol/strict-json.js';
import type { EventChannel } from './event-channel.js';
import type { SecurityEventSource } from './security-events-options.js';
import type { TransmitterKeys } from './transmitter-keys.js';

/** Raised when an authorization server does not take this resource server for a receiver. It holds no token. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
}

/** Who this receiver is, and where. */
export interface Receiver {
  /** What `aud` of its events has to name one of. */
  readonly audience: readonly string[];
  readonly endpointUrl: string;
  readonly timeoutMs: number;
  /** What its instances have in common, when they share the endpoint. */
  readonly sharedSecret?: Secret | undefined;
}

const WANTED = [SESSION_REVOKED, TOKEN_CLAIMS_CHANGE] as const;

type TransmitterMetadata = Metadata<'jwks_uri' | 'configuration_endpoint'>;

/**
 * An authorization server as a transmitter of security events: where this resource server asks to be told.
 *
 * @see SSF 1.0 sections 7 and 8
 */
export class Transmitter {
  private authorization: Secret;

  constructor(
    private readonly source: SecurityEventSource,
    readonly receiver: Receiver,
    readonly channel: EventChannel,
    readonly keys: TransmitterKeys,
  ) {
    this.authorization = this.ownAuthorization();
  }

  get issuer(): string {
    return this.source.issuer;
  }

  /** What the transmitter has to send as `Authorization`: whoever does not cannot make us check signatures. */
  get authorizationHeader(): Secret {
    return this.authorization;
  }

  /**
   * Asks for the events: begins the stream of this client, or adds this receiver to it.
   *
   * @returns `false` when the authorization server offers no events
   * @throws AuthorizationServerUnreachable when it gives no usable answer
   * @throws RegistrationRefused when it does not want to
   */
  async register(): Promise<boolean> {
    const metadata = await this.discover();
    if (metadata === undefined) return false;
    this.keys.areAt(metadata.jwks_uri);
    const token = await this.accessToken();
    // One that was given up is not shown again, but by instances that share it.
    if (this.receiver.sharedSecret !== undefined) this.authorization = this.ownAuthorization();
    const first = await this.send(metadata.configuration_endpoint, token);
    const more = metadata['receivers_endpoint'];
    // There is one stream for all instances of this resource server: another one may have begun it.
    const isAdded = first.status === 409 && typeof more === 'string' && isSecureUrl(more);
    this.check(isAdded ? await this.send(more, token) : first);
    return true;
  }

  private async discover(): Promise<TransmitterMetadata | undefined> {
    for (const url of metadataUrls(this.issuer)) {
      const { status, body } = await this.exchange('GET', url, {});
      if (status === 404) continue;
      if (status !== 200) throw new RegistrationRefused(`Its metadata for events are answered with status ${status}.`);
      const metadata = this.checked(body);
      const methods = metadata['delivery_methods_supported'];
      return isStringArray(methods) && methods.includes(PUSH_DELIVERY) ? metadata : undefined;
    }
    return undefined;
  }

  private checked(body: unknown): TransmitterMetadata {
    try {
      return checkMetadata(this.issuer, body, ['jwks_uri', 'configuration_endpoint']);
    } catch (error) {
      throw error instanceof DiscoveryError ? new RegistrationRefused(error.message) : error;
    }
  }

  private async accessToken(): Promise<string> {
    const { clientId, clientSecret } = this.source;
    const headers = {
      authorization: basicAuthorization(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: SSF_MANAGE_SCOPE }).toString();
    const { status, body } = await this.exchange('POST', await this.tokenEndpoint(), headers, form);
    const token = isJsonObject(body) ? body['access_token'] : undefined;
    if (status !== 200 || typeof token !== 'string') {
      throw new RegistrationRefused(`It gives no access token with the scope ${SSF_MANAGE_SCOPE} (${reasonOf(body)}).`);
    }
    return token;
  }

  private async tokenEndpoint(): Promise<string> {
    const check = (document: unknown) => checkMetadata(this.issuer, document, ['token_endpoint']);
    return (await publishedMetadata(this.issuer, check, this.receiver.timeoutMs)).token_endpoint;
  }

  private send(endpoint: string, token: string): Promise<Answer> {
    const delivery = {
      method: PUSH_DELIVERY,
      endpoint_url: this.receiver.endpointUrl,
      authorization_header: this.authorization.reveal(),
    };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return this.exchange('POST', endpoint, headers, JSON.stringify({ delivery, events_requested: WANTED }));
  }

  /** @see SSF 1.0 section 8.1.1.1 (the receiver checks `iss` and `aud`) */
  private check({ status, body }: Answer): void {
    if ((status !== 200 && status !== 201) || !isJsonObject(body)) {
      throw new RegistrationRefused(`It does not take the receiver: status ${status} (${reasonOf(body)}).`);
    }
    const audience = [body['aud']].flat();
    const delivered = body['events_delivered'];
    const isOurs = body['iss'] === this.issuer && this.receiver.audience.some((name) => audience.includes(name));
    if (isOurs && isStringArray(delivered) && WANTED.every((type) => delivered.includes(type))) return;
    // Whatever this stream brings, it must not count as a sign of life.
    this.authorization = newAuthorization();
    this.channel.fellSilent();
    throw new RegistrationRefused('Its stream is for another receiver, or leaves out the events that matter.');
  }

  /** What nobody else can show; instances that share the endpoint show the same. */
  private ownAuthorization(): Secret {
    const { sharedSecret, endpointUrl } = this.receiver;
    if (sharedSecret === undefined) return newAuthorization();
    const purpose = `security events of ${this.issuer} at ${endpointUrl}`;
    const key = hkdfSync('sha256', sharedSecret.reveal(), 'pulsegate', purpose, 32);
    return new Secret(`Bearer ${Buffer.from(key).toString('base64url')}`);
  }

  private exchange(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer> {
    return exchange({ method, url, headers, ...(body !== undefined && { body }) }, this.receiver.timeoutMs);
  }
}

/**
 * Where the metadata of a transmitter may be: at the inserted place, where the standard has them, and below an issuer with a
 * path, which is all that a server has there who shares its host with others.
 *
 * @see SSF 1.0 section 7.2
 */
function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [...new Set([`${origin}${SSF_DISCOVERY_PATH}${path}`, `${origin}${path}${SSF_DISCOVERY_PATH}`])];
}

const newAuthorization = (): Secret => new Secret(`Bearer ${randomHandle()}`);

/** Only what looks like an error code is told: an answer could repeat a secret. */
function reasonOf(body: unknown): string {
  const code = isJsonObject(body) ? body['error'] : undefined;
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : 'no error code';
}
