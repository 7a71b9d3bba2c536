import { Blocks } from '../../src/authorization-server/owner/blocks.js';
import { SharingSettings } from '../../src/authorization-server/owner/sharing-settings.js';
import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { type ModelHolder, type ModelResource, SharingModel } from './sharing-model.js';
import { type Answer, type TestClient, UmaWorld } from './uma-world.js';

/** A permission ticket somebody holds. */
export interface HeldTicket {
  readonly handle: string;
  readonly process: number;
  readonly owner: string;
  readonly resourceServer: number;
  /** Whom the process is about so far. */
  person: string | undefined;
  usedMs: number | undefined;
}

/** A requesting party token with its refresh token. */
export interface HeldToken extends ModelHolder {
  handle: string;
  refreshToken: string;
  readonly process: number;
}

/** A persisted claims token. */
export interface HeldPct {
  readonly handle: string;
  readonly person: string;
}

/** Who has something to share. */
export const OWNERS = ['alice', 'carol'] as const;

/** Who asks for it. */
export const PEOPLE = ['bob', 'carol'] as const;

const HOW_MANY = 5;

/** What a story is told with, made once for many: the clients, and a PAT for each owner at each resource server. */
export interface Cast {
  readonly world: UmaWorld;
  readonly clients: readonly TestClient[];
  readonly pats: Readonly<Record<string, readonly string[]>>;
  readonly accountIds: Readonly<Record<string, string>>;
}

/** Starts the authorization server with two owners, two people, two clients and two resource servers. */
export async function castOf(dialect: Parameters<typeof UmaWorld.start>[0]): Promise<Cast> {
  const world = await UmaWorld.start(dialect);
  const metadata = {
    grant_types: ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE],
    scope: 'openid heart-rate:read heart-rate:download',
  };
  const patC2 = await world.accessToken(world.rs2, 'carol', 'openid uma_protection');
  return {
    world,
    clients: [await world.registerClient(metadata), await world.registerClient(metadata)],
    pats: { alice: [world.patA1, world.patA2], carol: [world.patC1, patC2] },
    accountIds: Object.fromEntries(
      await Promise.all([...OWNERS, ...PEOPLE].map(async (name) => [name, await world.accountId(name)] as const)),
    ),
  };
}

let stories = 0;

/**
 * A story of owners, people, clients and resource servers, told to an authorization server and to a model side by side.
 * Whatever happens, a token that is introspected permits no more than what the model says is shared at that moment.
 */
export class SharingStory {
  readonly model = new SharingModel();
  readonly tickets: HeldTicket[] = [];
  readonly tokens: HeldToken[] = [];
  readonly pcts: HeldPct[] = [];
  /** Handles that have ended for good. */
  readonly dead: string[] = [];
  private readonly name = `urn:story:${(stories += 1)}`;
  /** How many tokens were given. */
  given = 0;
  private processes = 0;

  constructor(readonly cast: Cast) {}

  get world(): UmaWorld {
    return this.cast.world;
  }

  get nowMs(): number {
    return this.world.server.clock.nowMs();
  }

  get types(): readonly string[] {
    return [`${this.name}:strap`, `${this.name}:watch`];
  }

  /** Undoes what an earlier story left to its owners. */
  async begin(): Promise<void> {
    const { app } = this.world.server;
    this.world.backToPresent();
    for (const owner of OWNERS) {
      const ownerId = this.idOf(owner);
      await app.get(SharingSettings).change(ownerId, { paused: false });
      for (const { id } of await app.get(Blocks).list(ownerId)) await app.get(Blocks).lift(ownerId, id);
    }
  }

  /** @throws Error that names what is permitted, and to whom, though nothing that is shared permits it */
  async check(): Promise<void> {
    for (const token of this.tokens.slice(-HOW_MANY)) await this.checkToken(token);
    for (const handle of this.dead.slice(-2)) {
      for (const pat of Object.values(this.cast.pats).flat()) await this.expectInactive(handle, pat, 'has ended');
    }
  }

  idOf(name: string): string {
    return this.cast.accountIds[name] ?? '';
  }

  person(name: string): { readonly issuer: string; readonly subject: string } {
    return { issuer: this.world.issuer, subject: this.idOf(name) };
  }

  patOf({ owner, resourceServer }: { readonly owner: string; readonly resourceServer: number }): string {
    return this.cast.pats[owner]?.[resourceServer] ?? '';
  }

  newProcess(): number {
    return (this.processes += 1);
  }

  get resources(): readonly ModelResource[] {
    return this.model.resources.filter(({ gone }) => !gone);
  }

  /** The last few tickets that nobody has presented. */
  get openTickets(): readonly HeldTicket[] {
    return this.tickets.filter(({ usedMs }) => usedMs === undefined).slice(-3);
  }

  /** A token that came of a ticket, or the next ticket. What else the answer may be is no concern of the story. */
  note({ status, body }: Answer, ticket: HeldTicket, clientId: string, person: string | undefined): void {
    if (status >= 500) throw new Error(`The authorization server failed: ${JSON.stringify(body)}`);
    const { owner, resourceServer, process } = ticket;
    if (typeof body['ticket'] === 'string') {
      this.tickets.push({ ...ticket, handle: body['ticket'], person, usedMs: undefined });
    }
    if (status !== 200) return;
    if (person === undefined) throw new Error('A token was given for nobody.');
    this.given += 1;
    const [handle, refreshToken] = [String(body['access_token']), String(body['refresh_token'])];
    this.tokens.push({ handle, refreshToken, process, owner, resourceServer, clientId, person });
    if (typeof body['pct'] === 'string') this.pcts.push({ handle: body['pct'], person });
  }

  /** These tokens must not be good for anything any more. */
  end(ended: (token: HeldToken) => boolean): void {
    for (const token of this.tokens.filter(ended)) {
      this.tokens.splice(this.tokens.indexOf(token), 1);
      this.dead.push(token.handle);
    }
  }

  private async checkToken(token: HeldToken): Promise<void> {
    const { body } = await this.world.introspect(token.handle, this.patOf(token));
    const permissions = (body['permissions'] ?? []) as { resource_id: string; resource_scopes: string[] }[];
    for (const { resource_id: id, resource_scopes: scopes } of permissions) {
      for (const scope of scopes.length === 0 ? [undefined] : scopes) {
        if (this.model.permits(token, id, scope, this.nowMs)) continue;
        throw new Error(
          `${token.person} may ${scope ?? 'do something'} at a resource of ${token.owner} that is not shared.`,
        );
      }
    }
    const other = { owner: token.owner, resourceServer: 1 - token.resourceServer };
    await this.expectInactive(token.handle, this.patOf(other), 'is for another resource server');
  }

  private async expectInactive(handle: string, pat: string, why: string): Promise<void> {
    const { body } = await this.world.introspect(handle, pat);
    if (body['active'] !== false) throw new Error(`A token is active that ${why}.`);
  }
}
