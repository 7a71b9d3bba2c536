import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaResourceTable, UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import type { Pat } from './pat.js';

/** A resource under protection, as its resource server described it. */
export interface RegisteredResource {
  readonly id: string;
  readonly ownerId: string;
  /** Client id of the resource server. */
  readonly resourceServer: string;
  readonly description: ResourceDescription;
}

/** The resources that resource servers registered for their owners. */
@Injectable()
export class RegisteredResources {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
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

  /** Those of the resources with the given ids that are of this owner and resource server. */
  async find(pat: Pat, ids: readonly string[]): Promise<readonly RegisteredResource[]> {
    const rows = await this.database.kysely
      .selectFrom('uma_resource')
      .selectAll()
      .where('id', 'in', ids)
      .where('owner_id', '=', pat.ownerId)
      .where('resource_server', '=', pat.resourceServer)
      .execute();
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
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_ms')
      .execute();
    return rows.map(resourceOf);
  }

  /**
   * Puts a new description in the place of the old one. Scopes that are no longer there leave the permissions of issued
   * tokens at once.
   *
   * @returns whether there is such a resource
   */
  async replace(pat: Pat, id: string, description: ResourceDescription): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('uma_resource')
      .set({ description: JSON.stringify(description) })
      .where('id', '=', id)
      .where('owner_id', '=', pat.ownerId)
      .where('resource_server', '=', pat.resourceServer)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * Ends the protection of a resource; its shares and the permissions of issued tokens go with it.
   *
   * @returns whether there was such a resource
   */
  async remove(pat: Pat, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.kysely
      .deleteFrom('uma_resource')
      .where('id', '=', id)
      .where('owner_id', '=', pat.ownerId)
      .where('resource_server', '=', pat.resourceServer)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function resourceOf(row: Selectable<UmaResourceTable>): RegisteredResource {
  return {
    id: row.id,
    ownerId: row.owner_id,
    resourceServer: row.resource_server,
    description: JSON.parse(row.description) as ResourceDescription,
  };
}
