import type { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { SingleFlight } from '../../common/single-flight.js';
import type { UmaConfiguration } from '../protocol/discovery.js';
import type { RequestedPermission } from '../protocol/permission-request.js';
import { parseResourceDescription, type ResourceDescription } from '../protocol/resource-description.js';
import { isJsonObject, isStringArray } from '../protocol/strict-json.js';
import { AuthorizationServerConnection } from './authorization-server-connection.js';
import {
  AuthorizationServerUnreachable,
  OwnerMustSignIn,
  ProtectionApiRefusal,
} from './authorization-server-unreachable.js';
import type { Answer, Call } from './http-exchange.js';
import { type Introspection, parseIntrospection } from './introspection.js';
import type { PatSource } from './pat-source.js';
import type { ResourceOwner } from './resource-owner.js';

/** How long one call to an authorization server may take, in milliseconds, when nothing else is set. */
export const DEFAULT_TIMEOUT_MS = 5000;

/** What an authorization server gives for a registration. */
export interface Registration {
  /** `_id` of the resource at the authorization server. */
  readonly umaResourceId: string;
  /** Where the owner can set who may see it, when the authorization server says so. */
  readonly policyUri?: string;
}

/**
 * The protection APIs of the authorization servers, as a resource server uses them on behalf of a resource owner. Every
 * call finds the endpoint by discovery and carries the owner's PAT, renewed once when it is refused. Every method throws
 * AuthorizationServerUnreachable when it gets no usable answer, and its subclasses OwnerMustSignIn when there is no PAT any
 * more and ProtectionApiRefusal when the authorization server says no.
 *
 * @see UMA 2.0 Federated Authorization sections 3, 4 and 5
 */
export class ProtectionApi {
  private readonly connections = new Map<string, AuthorizationServerConnection>();
  private readonly introspections = new SingleFlight<Introspection>();

  constructor(
    private readonly pats: PatSource,
    private readonly clock: Clock,
    private readonly timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {}

  /** Registers a resource. @see UMA 2.0 Federated Authorization section 3.2.1 */
  async register(owner: ResourceOwner, description: ResourceDescription): Promise<Registration> {
    const answer = await this.call(owner, (as) => json('POST', as.resource_registration_endpoint, description));
    const { _id: umaResourceId, user_access_policy_uri: policyUri } = bodyOf(answer, 200, 201);
    if (typeof umaResourceId !== 'string' || umaResourceId === '') throw notUnderstood();
    return { umaResourceId, ...(typeof policyUri === 'string' ? { policyUri } : {}) };
  }

  /** Reads a registration; `undefined` when the authorization server does not know it (any more). */
  async read(owner: ResourceOwner, umaResourceId: string): Promise<ResourceDescription | undefined> {
    const answer = await this.call(owner, (as) => bare('GET', registrationUrl(as, umaResourceId)));
    if (answer.status === 404) return undefined;
    const body = bodyOf(answer, 200);
    try {
      return parseResourceDescription(body);
    } catch {
      throw notUnderstood();
    }
  }

  /** Replaces a registration completely: what `description` leaves out disappears. */
  async replace(owner: ResourceOwner, umaResourceId: string, description: ResourceDescription): Promise<void> {
    const answer = await this.call(owner, (as) => json('PUT', registrationUrl(as, umaResourceId), description));
    refuseUnless(answer, 200, 201, 204);
  }

  /** Ends a registration, and so the protection; one that is gone already is no error. */
  async remove(owner: ResourceOwner, umaResourceId: string): Promise<void> {
    const answer = await this.call(owner, (as) => bare('DELETE', registrationUrl(as, umaResourceId)));
    refuseUnless(answer, 200, 204, 404);
  }

  /** The `_id`s of everything registered for this owner. */
  async list(owner: ResourceOwner): Promise<readonly string[]> {
    const answer = await this.call(owner, (as) => bare('GET', as.resource_registration_endpoint));
    refuseUnless(answer, 200, 204);
    const ids = answer.status === 204 ? [] : answer.body;
    if (!isStringArray(ids)) throw notUnderstood();
    return ids;
  }

  /**
   * Asks for permissions on behalf of a client.
   *
   * @returns the permission ticket for the client
   * @see UMA 2.0 Federated Authorization section 4
   */
  async requestPermission(owner: ResourceOwner, permissions: readonly RequestedPermission[]): Promise<string> {
    const entries = permissions.map(({ resourceId, resourceScopes }) => ({
      resource_id: resourceId,
      resource_scopes: resourceScopes,
    }));
    // One permission goes as an object: some authorization servers know no other form.
    const body = entries.length === 1 ? entries[0] : entries;
    const { ticket } = bodyOf(await this.call(owner, (as) => json('POST', as.permission_endpoint, body)), 200, 201);
    if (typeof ticket !== 'string' || ticket === '') throw notUnderstood();
    return ticket;
  }

  /** Asks what a token is worth; callers who ask about one token at the same time share one question. */
  introspect(owner: ResourceOwner, token: string): Promise<Introspection> {
    const key = JSON.stringify([owner.issuer, owner.subject, digest(token)]);
    return this.introspections.run(key, async () => {
      const askedAtMs = this.clock.nowMs();
      const answer = await this.call(owner, (as) => form(as.introspection_endpoint, token));
      const introspection = parseIntrospection(bodyOf(answer, 200), askedAtMs);
      if (introspection === undefined) throw notUnderstood();
      return introspection;
    });
  }

  private async call(owner: ResourceOwner, to: (as: UmaConfiguration) => Call): Promise<Answer> {
    // First: leave to call is given sparingly while the server is down, and must not be spent on nothing.
    const pat = await this.pats.patOf(owner);
    if (pat === undefined) throw await this.withoutPat(owner);
    const connection = this.connectionTo(owner.issuer);
    const call = to(await connection.open());
    const first = await connection.send(call, pat);
    if (first.status !== 401) return first;
    const renewed = await this.pats.renew(owner, pat);
    if (renewed === undefined) throw await this.withoutPat(owner);
    const second = await connection.send(call, renewed);
    if (second.status === 401) throw new AuthorizationServerUnreachable('The renewed PAT is refused.');
    return second;
  }

  private async withoutPat(owner: ResourceOwner): Promise<AuthorizationServerUnreachable> {
    if (!(await this.pats.has(owner))) return new OwnerMustSignIn();
    return new AuthorizationServerUnreachable('The PAT of the resource owner cannot be renewed now.');
  }

  private connectionTo(issuer: string): AuthorizationServerConnection {
    const known = this.connections.get(issuer);
    if (known !== undefined) return known;
    const connection = new AuthorizationServerConnection(issuer, this.clock, this.timeoutMs);
    this.connections.set(issuer, connection);
    return connection;
  }
}

const bare = (method: 'GET' | 'DELETE', url: string): Call => ({ method, url, headers: {} });

const json = (method: 'POST' | 'PUT', url: string, body: unknown): Call => ({
  method,
  url,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const form = (url: string, token: string): Call => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
});

const registrationUrl = (as: UmaConfiguration, umaResourceId: string): string =>
  `${as.resource_registration_endpoint.replace(/\/$/, '')}/${encodeURIComponent(umaResourceId)}`;

const notUnderstood = (): AuthorizationServerUnreachable =>
  new AuthorizationServerUnreachable('The answer of the authorization server cannot be understood.');

function bodyOf(answer: Answer, ...accepted: readonly number[]): Readonly<Record<string, unknown>> {
  refuseUnless(answer, ...accepted);
  if (!isJsonObject(answer.body)) throw notUnderstood();
  return answer.body;
}

function refuseUnless({ status, body }: Answer, ...accepted: readonly number[]): void {
  if (accepted.includes(status)) return;
  const code = isJsonObject(body) ? body['error'] : undefined;
  // Only what looks like an error code is kept: the answer could repeat a token.
  throw new ProtectionApiRefusal(status, typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : undefined);
}
