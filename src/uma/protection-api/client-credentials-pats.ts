import type { Clock } from '../../common/clock.js';
import { Secret } from '../../common/secret.js';
import { SingleFlight } from '../../common/single-flight.js';
import { basicAuthorization } from '../protocol/basic-authorization.js';
import { isJsonObject } from '../protocol/strict-json.js';
import type { AuthorizationServerConnections } from './authorization-server-connections.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import { PatSource } from './pat-source.js';
import { authorized } from './protection-calls.js';
import type { ResourceOwner } from './resource-owner.js';

/** A client that an owner has at her authorization server, for this resource server. */
export interface OwnersClient {
  readonly id: string;
  readonly secret: Secret;
}

interface Kept {
  readonly pat: Secret;
  /** When it ends, in milliseconds since the Unix epoch. */
  readonly endsMs: number;
}

/** So long before its end a PAT is got anew, in milliseconds. */
const MARGIN_MS = 30_000;

/**
 * The PATs of owners who need not sign in: each has given this resource server a client of her own, and the client gets
 * the PAT. So an organisation owns resources, and so it is with SolidLab's server.
 *
 * @see UMA 2.0 Federated Authorization section 1.3, RFC 6749 section 4.4
 */
export class ClientCredentialsPats extends PatSource {
  private readonly kept = new Map<string, Kept>();
  private readonly flights = new SingleFlight<Secret | undefined>();

  /** @param clientOf the owner's client; `undefined` for somebody who has none here */
  constructor(
    private readonly clientOf: (owner: ResourceOwner) => OwnersClient | undefined,
    private readonly connections: AuthorizationServerConnections,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async patOf(owner: ResourceOwner): Promise<Secret | undefined> {
    const kept = this.kept.get(keyOf(owner));
    return kept !== undefined && this.clock.nowMs() < kept.endsMs ? kept.pat : this.renewed(owner);
  }

  override has(owner: ResourceOwner): Promise<boolean> {
    return Promise.resolve(this.clientOf(owner) !== undefined);
  }

  override async renew(owner: ResourceOwner, rejected: Secret): Promise<Secret | undefined> {
    const kept = this.kept.get(keyOf(owner));
    const isAnother = kept !== undefined && kept.pat.reveal() !== rejected.reveal();
    return isAnother ? kept.pat : this.renewed(owner);
  }

  private renewed(owner: ResourceOwner): Promise<Secret | undefined> {
    return this.flights.run(keyOf(owner), async () => {
      this.kept.delete(keyOf(owner));
      const client = this.clientOf(owner);
      if (client === undefined) return undefined;
      const kept = await this.request(owner, client);
      if (kept !== undefined) this.kept.set(keyOf(owner), kept);
      return kept?.pat;
    });
  }

  /** @returns `undefined` when the authorization server gives none, or cannot be reached */
  private async request({ issuer }: ResourceOwner, { id, secret }: OwnersClient): Promise<Kept | undefined> {
    const { scope } = this.connections.servers.of(issuer).profile.pat;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== null && { scope }) });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const connection = this.connections.to(issuer);
    try {
      const { token_endpoint: url } = await connection.open();
      const call = { method: 'POST', url, headers, body: form.toString() } as const;
      const { status, body } = await connection.send(authorized(call, basicAuthorization(id, secret)));
      return (status === 200 || status === 201) && isJsonObject(body) ? this.read(body) : undefined;
    } catch (error) {
      if (error instanceof AuthorizationServerUnreachable) return undefined;
      throw error;
    }
  }

  private read({ access_token: pat, expires_in: seconds }: Readonly<Record<string, unknown>>): Kept | undefined {
    if (typeof pat !== 'string' || pat === '') return undefined;
    const lastsMs = typeof seconds === 'number' ? seconds * 1000 - MARGIN_MS : Infinity;
    return { pat: new Secret(pat), endsMs: this.clock.nowMs() + lastsMs };
  }
}

const keyOf = ({ issuer, subject }: ResourceOwner): string => JSON.stringify([issuer, subject]);
