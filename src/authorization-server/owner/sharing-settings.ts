import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { TokenRevocation } from '../uma/token-revocation.js';
import { HeldResources } from './held-resources.js';

/** What an owner has set for all of their sharing. */
export interface OwnerSettings {
  /** Whether people may ask for what is not shared with them. */
  readonly acceptsRequests: boolean;
  /** Whether nothing is shared for the time being. */
  readonly paused: boolean;
}

/** The settings of owners; until an owner decides otherwise nobody may ask, and nothing is paused. */
@Injectable()
export class SharingSettings {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly held: HeldResources,
    private readonly revocation: TokenRevocation,
  ) {}

  /** The settings of an owner. */
  read(ownerId: string): Promise<OwnerSettings> {
    return settingsOf(this.database.kysely, ownerId);
  }

  /**
   * Changes what `changes` names. When all sharing is paused, every token of the owner's resources ends at once; when it
   * goes on, clients get new ones by asking again.
   */
  change(ownerId: string, { acceptsRequests, paused }: Partial<OwnerSettings>): Promise<OwnerSettings> {
    return this.database.transaction(async (within) => {
      if (paused === true) await this.held.ofEveryGrant(within, ownerId);
      const changes = {
        ...(acceptsRequests === undefined ? {} : { accepts_requests: acceptsRequests ? 1 : 0 }),
        ...(paused === undefined ? {} : { paused: paused ? 1 : 0 }),
      };
      await within
        .insertInto('sharing_settings')
        .values({ owner_id: ownerId, accepts_requests: 0, paused: 0, ...changes })
        .onConflict((conflict) => conflict.column('owner_id').doUpdateSet({ owner_id: ownerId, ...changes }))
        .execute();
      if (paused === true) await this.revocation.ofOwner(within, ownerId);
      return settingsOf(within, ownerId);
    });
  }
}

async function settingsOf(kysely: Kysely<UmaTables>, ownerId: string): Promise<OwnerSettings> {
  const row = await kysely
    .selectFrom('sharing_settings')
    .select(['accepts_requests', 'paused'])
    .where('owner_id', '=', ownerId)
    .executeTakeFirst();
  return { acceptsRequests: row?.accepts_requests === 1, paused: row?.paused === 1 };
}
