import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaResourceTable, UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { PreparedListQuery } from '../../database/prepared-query.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { heldShares, withdrawDeregisteredScopes } from './deregistered-scopes.js';
import type { Pat } from './pat.js';
import { withdrawFormerType } from './retyped-resource.js';
import { TokenRevocation } from './token-revocation.js';

/** A resource under protection, as its resource server described it. */
export interface RegisteredResource {
  readonly id: string;
  readonly ownerId: string;
  /** Client id of the resource server. */
  readonly resourceServer: string;
  readonly description: ResourceDescription;
}

/** What a registered resource is read from. */
const REGISTERED = ['id', 'owner_id', 'resource_server', 'description'] as const;

type RegisteredRow = Pick<Selectable<UmaResourceTable>, (typeof REGISTERED)[number]>;

const HOLD = new PreparedListQuery<UmaTables, Pat, RegisteredRow>((kysely, ids, value, dialect) =>
  ofPat(kysely, { ownerId: value('ownerId'), resourceServer: value('resourceServer') })
    .where('id', 'in', ids)
    .orderBy('id')
    // SQLite has one writer at a time.
    .$if(dialect === 'postgres', (query) => query.forKeyShare()),
);

/** The resources that resource servers registered for their owners. */
@Injectable()
export class RegisteredResources {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly revocation: TokenRevocation,
  ) {}

  /** @returns the id of the new resource, unique at this authorization server */
  async register({ ownerId, resourceServer }: Pat, description: ResourceDescription): Promise<string> {
    const id = randomId();
    await this.database.kysely
      .insertInto('uma_resource')
      .values({
        id,
        owner_id: ownerId,
        resource_server: resourceServer,
        description: JSON.stringify(description),
        created_ms: this.clock.nowMs(),
      })
      .execute();
    return id;
  }

  /** The resource of that id, if it is of this owner and resource server. */
  async find(pat: Pat, id: string): Promise<RegisteredResource | undefined> {
    const row = await ofPat(this.database.kysely, pat).where('id', '=', id).executeTakeFirst();
    return row && resourceOf(row);
  }

  /** Those of the given ids that are of this owner and resource server, as they stay until the transaction ends. */
  async hold(within: Transaction<UmaTables>, pat: Pat, ids: readonly string[]): Promise<readonly RegisteredResource[]> {
    const rows = await HOLD.execute(within, ids, pat);
    return rows.map(resourceOf);
  }

  /** Ids of all resources of this owner and resource server, the oldest first. */
  async list(pat: Pat): Promise<readonly string[]> {
    const rows = await this.database.kysely
      .selectFrom('uma_resource')
      .select('id')
      .where('owner_id', '=', pat.ownerId)
      .where('resource_server', '=', pat.resourceServer)
      .orderBy('created_ms')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** All resources of an owner, whichever resource server holds them, the oldest first. */
  async ofOwner(ownerId: string): Promise<readonly RegisteredResource[]> {
    const rows = await this.database.kysely
      .selectFrom('uma_resource')
      .select(REGISTERED)
      .where('owner_id', '=', ownerId)
      .orderBy('created_ms')
      .execute();
    return rows.map(resourceOf);
  }

  /**
   * Puts a new description in the place of the old one. What rests on scopes that are no longer there goes with them, and
   * what tokens permit goes with a former type: registering those again brings nothing of it back.
   *
   * @returns whether there is such a resource
   */
  replace(pat: Pat, id: string, description: ResourceDescription): Promise<boolean> {
    return this.database.transaction(async (within) => {
      const row = await ofPat(within, pat)
        .where('id', '=', id)
        // Waits for shares, tokens and tickets of it that are just being made. SQLite has one writer at a time.
        .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
        .executeTakeFirst();
      if (row === undefined) return false;
      const change = { description: JSON.stringify(description) };
      await within.updateTable('uma_resource').set(change).where('id', '=', id).execute();
      const before = resourceOf(row);
      await this.withdrawScopesOf(within, before, description.resource_scopes);
      if (before.description.type !== description.type) await withdrawFormerType(within, id, this.revocation);
      return true;
    });
  }

  /**
   * Ends the protection of a resource; its shares and the permissions of issued tokens go with it.
   *
   * @returns whether there was such a resource
   */
  remove(pat: Pat, id: string): Promise<boolean> {
    return this.database.transaction(async (within) => {
      const row = await ofPat(within, pat)
        .where('id', '=', id)
        .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
        .executeTakeFirst();
      if (row === undefined) return false;
      const shares = await heldShares(within, id, this.database.dialect);
      const tokens = await this.revocation.holdAt(within, id);
      await this.revocation.forgetFor(
        within,
        shares.map((share) => share.id),
      );
      await within.deleteFrom('uma_resource').where('id', '=', id).execute();
      await this.revocation.tellShrunk(within, tokens);
      return true;
    });
  }

  private async withdrawScopesOf(
    within: Transaction<UmaTables>,
    { id, description }: RegisteredResource,
    scopes: readonly string[],
  ): Promise<void> {
    if (missingScopes(description.resource_scopes, scopes).length === 0) return;
    const [nowMs, { dialect }] = [this.clock.nowMs(), this.database];
    await withdrawDeregisteredScopes(within, { id, scopes, nowMs, dialect, revocation: this.revocation });
  }
}

function ofPat(kysely: Kysely<UmaTables>, { ownerId, resourceServer }: Pat) {
  return kysely
    .selectFrom('uma_resource')
    .select(REGISTERED)
    .where('owner_id', '=', ownerId)
    .where('resource_server', '=', resourceServer);
}

function resourceOf(row: RegisteredRow): RegisteredResource {
  return {
    id: row.id,
    ownerId: row.owner_id,
    resourceServer: row.resource_server,
    description: JSON.parse(row.description) as ResourceDescription,
  };
}
