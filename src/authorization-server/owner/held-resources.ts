import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import type { ShareTarget } from '../policy/share.js';

/**
 * Holds resources of an owner until a transaction ends: the first lock of everybody who decides about them, then come
 * shares, then access requests, then tokens, so that nobody waits in a circle. SQLite has one writer at a time.
 */
@Injectable()
export class HeldResources {
  constructor(private readonly database: Database<UmaTables>) {}

  /**
   * Holds off whoever else shares a resource or resources of a type, describes them anew or deregisters them. Tokens are
   * issued meanwhile: they hold the key of the row alone.
   *
   * @returns the scopes that there are; `undefined` when the owner has nothing of the kind
   */
  async ofTarget(
    within: Transaction<UmaTables>,
    ownerId: string,
    target: ShareTarget,
  ): Promise<readonly string[] | undefined> {
    const rows = await this.ofOwner(within, ownerId)
      .$if('resourceId' in target, (query) => query.where('id', '=', 'resourceId' in target ? target.resourceId : ''))
      .$if(this.database.dialect === 'postgres', (query) => query.forNoKeyUpdate())
      .execute();
    const meant = rows
      .map(({ description }) => JSON.parse(description) as ResourceDescription)
      .filter(({ type }) => 'resourceId' in target || type === target.resourceType);
    return meant.length === 0 ? undefined : [...new Set(meant.flatMap(({ resource_scopes: scopes }) => scopes))];
  }

  /** Waits for every token that is just being issued for the owner's resources, and holds off the next. */
  async ofEveryGrant(within: Transaction<UmaTables>, ownerId: string): Promise<void> {
    if (this.database.dialect === 'postgres') await this.ofOwner(within, ownerId).forUpdate().execute();
  }

  private ofOwner(within: Transaction<UmaTables>, ownerId: string) {
    return within.selectFrom('uma_resource').select('description').where('owner_id', '=', ownerId).orderBy('id');
  }
}
