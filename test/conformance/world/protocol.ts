import type { Answer } from '../http/answer.js';
import { type Call, exchange, type Method } from '../http/exchange.js';
import { type Endpoint, Traffic } from '../http/traffic.js';
import { Skipped } from '../suite/conformance-case.js';
import { type Client, UMA_GRANT } from './client.js';
import type { Metadata } from './metadata.js';

type Form = Readonly<Record<string, string>>;

/** The endpoints of the authorization server under test, each as it is called by the standard. */
export class Protocol {
  constructor(
    readonly metadata: Metadata,
    readonly traffic: Traffic,
  ) {}

  /** Any call of the resource registration endpoint. @param id of a resource; the endpoint itself without one */
  resources(method: Method, call: Call, id?: string): Promise<Answer> {
    return this.call('registration', method, this.resourceUrl(id), call);
  }

  /** The address of a registration; of all of them without an id. */
  resourceUrl(id?: string): string {
    const endpoint = this.metadata.resource_registration_endpoint;
    return id === undefined ? endpoint : `${endpoint.replace(/\/$/, '')}/${encodeURIComponent(id)}`;
  }

  /** A permission request. @see UMA 2.0 Federated Authorization section 4.1 */
  permission(call: Call): Promise<Answer> {
    return this.call('permission', 'POST', this.metadata.permission_endpoint, call);
  }

  /** @see UMA 2.0 Federated Authorization section 5, RFC 7662 */
  introspect(call: Call): Promise<Answer> {
    return this.call('introspection', 'POST', this.metadata.introspection_endpoint, call);
  }

  token(call: Call): Promise<Answer> {
    return this.call('token', 'POST', this.metadata.token_endpoint, call);
  }

  /** A token request with the UMA grant. @see UMA 2.0 Grant section 3.3.1 */
  redeem(client: Client, ticket: string, parameters: Form = {}): Promise<Answer> {
    return this.token({ basic: client, form: { grant_type: UMA_GRANT, ticket, ...parameters } });
  }

  refresh(client: Client, refreshToken: string, parameters: Form = {}): Promise<Answer> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...parameters };
    return this.token({ basic: client, form });
  }

  /** @see RFC 7009 section 2.1, UMA 2.0 Grant section 3.7 */
  revoke(client: Client, token: string, hint: string): Promise<Answer> {
    const { revocation_endpoint: endpoint } = this.metadata;
    if (endpoint === '') throw new Skipped('The metadata name no revocation_endpoint.');
    return this.call('revocation', 'POST', endpoint, { basic: client, form: { token, token_type_hint: hint } });
  }

  /** @see RFC 7591 section 3.1 */
  registerClient(initialAccessToken: string, metadata: Readonly<Record<string, unknown>>): Promise<Answer> {
    const { registration_endpoint: endpoint } = this.metadata;
    if (endpoint === '') throw new Error('The metadata name no registration_endpoint.');
    return this.call('client registration', 'POST', endpoint, { bearer: initialAccessToken, json: metadata });
  }

  private async call(endpoint: Endpoint, method: Method, url: string, call: Call): Promise<Answer> {
    const answer = await exchange(method, url, call);
    this.traffic.record(endpoint, answer);
    return answer;
  }
}
