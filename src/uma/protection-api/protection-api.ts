import type { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import type { Secret } from '../../common/secret.js';
import { SingleFlight } from '../../common/single-flight.js';
import { type AuthorizationServerProfile, isOneOf } from '../protocol/authorization-server-profile.js';
import { basicAuthorization } from '../protocol/basic-authorization.js';
import { isTicket } from '../protocol/challenge.js';
import { isSecureUrl, type UmaConfiguration } from '../protocol/discovery.js';
import type { RequestedPermission } from '../protocol/permission-request.js';
import { readDescription, readIds, writeDescription } from '../protocol/registration-dialect.js';
import type { ResourceDescription } from '../protocol/resource-description.js';
import { withoutNulls } from '../protocol/without-nulls.js';
import type { AuthorizationServer } from './authorization-servers.js';
import type { AuthorizationServerConnections } from './authorization-server-connections.js';
import { AuthorizationServerUnreachable, OwnerMustSignIn } from './authorization-server-unreachable.js';
import type { Answer, Call } from './http-exchange.js';
import { type Introspection, parseIntrospection } from './introspection.js';
import { inOurTerms } from './our-terms.js';
import { endedByItself } from './own-end.js';
import type { PatSource } from './pat-source.js';
import {
  authorized,
  bare,
  bearing,
  bodyOf,
  codeOf,
  json,
  notUnderstood,
  question,
  refuseUnless,
  registrationUrl,
} from './protection-calls.js';
import type { ResourceOwner } from './resource-owner.js';

/** What an authorization server gives for a registration. */
export interface Registration {
  /** `_id` of the resource at the authorization server. */
  readonly umaResourceId: string;
  /** Where the owner can set who may see it, when the authorization server says so. */
  readonly policyUri?: string;
}

/**
 * The protection APIs of the authorization servers, as a resource server uses them on behalf of a resource owner, each as
 * the profile of the server wants it. Every call finds the endpoint by discovery and carries the owner's PAT, renewed once
 * when it is refused. Every method throws AuthorizationServerUnreachable when it gets no usable answer, and its subclasses
 * OwnerMustSignIn when there is no PAT any more and ProtectionApiRefusal when the authorization server says no.
 *
 * @see UMA 2.0 Federated Authorization sections 3, 4 and 5
 */
export class ProtectionApi {
  private readonly introspections = new SingleFlight<Introspection>();

  constructor(
    private readonly pats: PatSource,
    private readonly clock: Clock,
    private readonly connections: AuthorizationServerConnections,
  ) {}

  /** Registers a resource. @see UMA 2.0 Federated Authorization section 3.2.1 */
  async register(owner: ResourceOwner, description: ResourceDescription): Promise<Registration> {
    const { registration } = this.profileOf(owner);
    const written = writeDescription(registration, description, true);
    const answer = await this.call(owner, (as) => json('POST', as.resource_registration_endpoint, written));
    const { _id: umaResourceId, user_access_policy_uri: policyUri = registration.policyUri?.(owner.issuer) } = bodyOf(
      answer,
      200,
      201,
    );
    if (typeof umaResourceId !== 'string' || umaResourceId === '') throw notUnderstood();
    // It becomes a link on the owner's page, and SolidLab's server has a note to its developers there.
    const isLink = typeof policyUri === 'string' && isSecureUrl(policyUri);
    return { umaResourceId, ...(isLink && { policyUri }) };
  }

  /** Reads a registration; `undefined` when the authorization server does not know it (any more). */
  async read(owner: ResourceOwner, umaResourceId: string): Promise<ResourceDescription | undefined> {
    const answer = await this.call(owner, (as) => bare('GET', registrationUrl(as, umaResourceId)));
    if (this.isMissing(owner, answer)) return undefined;
    const body = bodyOf(answer, 200);
    try {
      return readDescription(this.profileOf(owner).registration, body);
    } catch {
      throw notUnderstood();
    }
  }

  /** Replaces a registration completely: what `description` leaves out disappears. */
  async replace(owner: ResourceOwner, umaResourceId: string, description: ResourceDescription): Promise<void> {
    const { registration } = this.profileOf(owner);
    const written = writeDescription(registration, description, false);
    const answer = await this.call(owner, (as) => json('PUT', registrationUrl(as, umaResourceId), written));
    refuseUnless(answer, 200, 201, 204);
  }

  /** Ends a registration, and so the protection; one that is gone already is no error. */
  async remove(owner: ResourceOwner, umaResourceId: string): Promise<void> {
    const answer = await this.call(owner, (as) => bare('DELETE', registrationUrl(as, umaResourceId)));
    if (!this.isMissing(owner, answer)) refuseUnless(answer, 200, 204);
  }

  /** The `_id`s of everything registered for this owner. */
  async list(owner: ResourceOwner): Promise<readonly string[]> {
    const { listQuery } = this.profileOf(owner).registration;
    const answer = await this.call(owner, (as) => bare('GET', `${as.resource_registration_endpoint}${listQuery}`));
    refuseUnless(answer, 200, 204);
    const ids = answer.status === 204 ? [] : readIds(answer.body);
    if (ids === undefined) throw notUnderstood();
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
    const isArray = entries.length !== 1 || this.profileOf(owner).permissionBody === 'array';
    const body = isArray ? entries : entries[0];
    const answer = await this.call(owner, (as) => json('POST', as.permission_endpoint, body));
    if (answer.status === 200 && answer.body === undefined) throw publicThere();
    const { ticket } = bodyOf(answer, 200, 201);
    if (!isTicket(ticket)) throw notUnderstood();
    return ticket;
  }

  /** Asks what a token is worth; callers who ask about one token at the same time share one question. */
  introspect(owner: ResourceOwner, token: string): Promise<Introspection> {
    const key = JSON.stringify([owner.issuer, owner.subject, digest(token)]);
    return this.introspections.run(key, async () => {
      const { servers } = this.connections;
      const server = servers.of(owner.issuer);
      const askedAtMs = this.clock.nowMs();
      const answer = await this.ask(owner, server, token);
      if (isOneOf(server.profile.introspection.inactive, answer.status, codeOf(answer))) return { active: false };
      const introspection = parseIntrospection(withoutNulls(bodyOf(answer, 200)), askedAtMs);
      if (introspection === undefined) throw notUnderstood();
      return inOurTerms(endedByItself(introspection, token), server, servers.identifier);
    });
  }

  private async ask(owner: ResourceOwner, { profile, client }: AuthorizationServer, token: string): Promise<Answer> {
    const { auth, hint } = profile.introspection;
    const about = (as: UmaConfiguration): Call => question(as.introspection_endpoint, token, hint);
    if (auth === 'pat' || client === undefined) return this.call(owner, about);
    // Asking needs no PAT then; but an owner who took hers back lets nobody in here any more.
    if (!(await this.pats.has(owner))) throw new OwnerMustSignIn();
    const connection = this.connections.to(owner.issuer);
    const call = about(await connection.open());
    const answer = await connection.send(authorized(call, basicAuthorization(client.id, client.secret)));
    if (answer.status !== 401) return answer;
    throw new AuthorizationServerUnreachable('The authorization server does not know this client, or its secret.');
  }

  private async call(owner: ResourceOwner, to: (as: UmaConfiguration) => Call): Promise<Answer> {
    // First: leave to call is given sparingly while the server is down, and must not be spent on nothing.
    const pat = await this.pats.patOf(owner);
    if (pat === undefined) throw await this.withoutPat(owner);
    const connection = this.connections.to(owner.issuer);
    const call = to(await connection.open());
    const bear = (one: Secret): Promise<Answer> => connection.send(authorized(call, bearing(one)));
    const first = await bear(pat);
    if (!this.refusesPat(owner, first)) return first;
    const renewed = await this.pats.renew(owner, pat);
    if (renewed === undefined) throw await this.withoutPat(owner);
    const second = await bear(renewed);
    if (!this.refusesPat(owner, second)) return second;
    throw new AuthorizationServerUnreachable('The renewed PAT is refused.');
  }

  private refusesPat(owner: ResourceOwner, answer: Answer): boolean {
    const refusals = [{ status: 401 }, ...this.profileOf(owner).pat.refusals];
    return isOneOf(refusals, answer.status, codeOf(answer)) && !this.isMissing(owner, answer);
  }

  private isMissing(owner: ResourceOwner, answer: Answer): boolean {
    const { missing } = this.profileOf(owner).registration;
    return isOneOf([{ status: 404 }, ...missing], answer.status, codeOf(answer));
  }

  private profileOf({ issuer }: ResourceOwner): AuthorizationServerProfile {
    return this.connections.servers.of(issuer).profile;
  }

  private async withoutPat(owner: ResourceOwner): Promise<AuthorizationServerUnreachable> {
    if (!(await this.pats.has(owner))) return new OwnerMustSignIn();
    return new AuthorizationServerUnreachable('The PAT of the resource owner cannot be renewed now.');
  }
}

/** SolidLab's server says so by an answer without a ticket. Nothing here is public: closed by default. */
const publicThere = (): AuthorizationServerUnreachable =>
  new AuthorizationServerUnreachable('The authorization server gives no ticket, since anybody may have this there.');
