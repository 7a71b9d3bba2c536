import { randomBytes } from 'node:crypto';

import type { Driver, Fixtures, Owner, PolicyDriver, Resource } from '../drivers/driver.js';
import { type Answer, inWords, member } from '../http/answer.js';
import { ID_TOKEN_FORMAT, type Identity } from '../identity/identity.js';
import { check, Skipped } from '../suite/conformance-case.js';
import type { Client } from './client.js';
import type { Metadata } from './metadata.js';
import type { Protocol } from './protocol.js';

type Form = Readonly<Record<string, string>>;

/** A permission as it is asked for. @see UMA 2.0 Federated Authorization section 4.1 */
export interface PermissionRequest {
  readonly resource_id: string;
  readonly resource_scopes: readonly string[];
}

/** The scopes of the resource that most cases work with. */
export const R1_SCOPES = ['heart-rate:read', 'heart-rate:write', 'heart-rate:download'];

/** The authorization server under test with everything that the cases need, in their words. */
export class World {
  private readonly registered: Resource[] = [];
  private readonly run = randomBytes(3).toString('hex');
  private described = 0;

  constructor(
    readonly protocol: Protocol,
    readonly fixtures: Fixtures,
    private readonly driver: Driver,
  ) {}

  get metadata(): Metadata {
    return this.protocol.metadata;
  }

  get policy(): PolicyDriver {
    return this.driver.policy;
  }

  get bob(): Identity {
    return this.fixtures.claimTokens.bob;
  }

  get mallory(): Identity {
    return this.fixtures.claimTokens.mallory;
  }

  get c1(): Client {
    return this.fixtures.clients.c1;
  }

  get c2(): Client {
    return this.fixtures.clients.c2;
  }

  /** A description of a resource whose name nobody else has: some servers demand that. */
  describe(changes: object = {}): Readonly<Record<string, unknown>> {
    this.described += 1;
    return { name: `Heart rate ${this.run}-${this.described}`, resource_scopes: R1_SCOPES, ...changes };
  }

  /** Registers a resource that no other case knows. @throws Failed when that does not work */
  async register(changes?: object, pat = this.fixtures.pats.a1, owner: Owner = 'alice'): Promise<Resource> {
    const answer = await this.protocol.resources('POST', { bearer: pat, json: this.describe(changes) });
    const id = member(answer, '_id');
    check(answer.status === 201 && typeof id === 'string', `A resource could not be registered: ${inWords(answer)}.`);
    const resource = { id, owner, pat };
    this.registered.push(resource);
    return resource;
  }

  /** Takes a resource away. */
  async deregister({ id, pat }: Resource): Promise<Answer> {
    return this.protocol.resources('DELETE', { bearer: pat }, id);
  }

  /** A ticket for scopes of one resource. @throws Failed when there is none */
  ticket({ id, pat }: Resource, ...scopes: readonly string[]): Promise<string> {
    return this.ticketFor([{ resource_id: id, resource_scopes: scopes }], pat);
  }

  async ticketFor(permissions: readonly PermissionRequest[], pat = this.fixtures.pats.a1): Promise<string> {
    const answer = await this.askPermission(permissions, pat);
    const ticket = member(answer, 'ticket');
    check(answer.status === 201 && typeof ticket === 'string', `There is no ticket to be had: ${inWords(answer)}.`);
    return ticket;
  }

  /** A permission request: one permission as an object, where the server understands that. */
  askPermission(permissions: readonly PermissionRequest[], pat = this.fixtures.pats.a1): Promise<Answer> {
    const asObject = permissions.length === 1 && this.driver.permissionsAsArray !== true;
    return this.protocol.permission({ bearer: pat, json: asObject ? permissions[0] : permissions });
  }

  /** Redeems a ticket without telling who asks. */
  redeem(ticket: string, parameters: Form = {}, client = this.c1): Promise<Answer> {
    return this.protocol.redeem(client, ticket, parameters);
  }

  /** Redeems a ticket with a claim token of the person. */
  async redeemAs(person: Identity, ticket: string, parameters: Form = {}, client = this.c1): Promise<Answer> {
    return this.redeem(ticket, { ...(await this.claims(person, client)), ...parameters }, client);
  }

  /** The parameters that push a person's claim token. */
  async claims(person: Identity, client = this.c1): Promise<Form> {
    return pushed(await this.fixtures.claimTokens.good(person, client));
  }

  /** What an RPT permits, by resource; an RPT that is not active permits nothing. */
  async permissionsOf(rpt: string, pat?: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const answer = await this.introspect(rpt, pat);
    const permissions: unknown = member(answer, 'permissions');
    if (member(answer, 'active') !== true || !Array.isArray(permissions)) return new Map();
    return new Map(permissions.filter(isInForce).map((one) => [one.resource_id, [...one.resource_scopes].sort()]));
  }

  /** Whether an RPT permits exactly some scopes of one resource, and nothing else. */
  async permitsOnly(rpt: string, { id, pat }: Resource, ...scopes: readonly string[]): Promise<boolean> {
    const permissions = await this.permissionsOf(rpt, pat);
    const found = [...permissions].filter(([, permitted]) => permitted.length > 0);
    return found.length === 1 && permissions.get(id)?.join() === [...scopes].sort().join();
  }

  async isActive(rpt: string, pat?: string): Promise<boolean> {
    return member(await this.introspect(rpt, pat), 'active') === true;
  }

  /** What an RS with short lifetimes can do. @throws Skipped when the server has none */
  get brief(): NonNullable<Fixtures['brief']> {
    const { brief } = this.fixtures;
    if (brief === undefined) throw new Skipped('There is no resource server with short lifetimes at this server.');
    return brief;
  }

  /** Bob's account at the server under test. @throws Skipped when he has none */
  get bobHere(): NonNullable<Fixtures['bobHere']> {
    const { bobHere } = this.fixtures;
    if (bobHere === undefined) throw new Skipped('Nobody can sign in at this server who asks for access.');
    return bobHere;
  }

  /** Takes away what the cases registered, so that the owners' pages are as they were. */
  async cleanUp(): Promise<void> {
    for (const resource of this.registered) await this.deregister(resource).catch(() => undefined);
  }

  /** Introspection for cases that are about something else. */
  private introspect(rpt: string, pat = this.fixtures.pats.a1): Promise<Answer> {
    return (
      this.driver.introspect?.(this.protocol, rpt) ?? this.protocol.introspect({ bearer: pat, form: { token: rpt } })
    );
  }
}

/** The parameters that push a claim token. */
export function pushed(claimToken: string, format = ID_TOKEN_FORMAT): Form {
  return { claim_token: claimToken, claim_token_format: format };
}

interface Permission {
  readonly resource_id: string;
  readonly resource_scopes: readonly string[];
}

/** Whether an entry is a permission at all, and its time has neither passed nor is yet to come. */
function isInForce(entry: unknown): entry is Permission {
  const { resource_id: id, resource_scopes: scopes, exp, nbf } = Object(entry) as Record<string, unknown>;
  const now = Date.now() / 1000;
  const isNow = (typeof exp !== 'number' || exp > now) && (typeof nbf !== 'number' || nbf <= now);
  return typeof id === 'string' && Array.isArray(scopes) && isNow;
}
