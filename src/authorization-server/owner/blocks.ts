import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { BlockedPersonTable } from '../../database/authorization-server/sharing.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { isSamePerson, type Person } from '../policy/person.js';
import { TokenRevocation } from '../uma/token-revocation.js';
import { UmaOptions } from '../uma/uma-options.js';
import { HeldResources } from './held-resources.js';
import { ReceivedRequests } from './received-requests.js';
import { ShareRefusal } from './share-refusal.js';

/** Somebody whom an owner shares nothing with, whatever their shares say. */
export interface Block {
  readonly id: string;
  readonly person: Person;
  readonly createdMs: number;
}

/** The people whom owners never share with. */
@Injectable()
export class Blocks {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
    private readonly held: HeldResources,
    private readonly requests: ReceivedRequests,
    private readonly revocation: TokenRevocation,
  ) {}

  /** The blocks of an owner, the oldest first. */
  async list(ownerId: string): Promise<readonly Block[]> {
    const rows = await this.database.kysely
      .selectFrom('blocked_person')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_ms')
      .execute();
    return rows.map(blockOf);
  }

  /**
   * Blocks a person: every token that they have of the owner's resources ends at once, and what they wait for is refused.
   *
   * @throws UmaError `conflict` when that was done already; ShareRefusal for oneself
   */
  async add(ownerId: string, person: Person): Promise<Block> {
    if (isSamePerson(person, { issuer: this.options.issuer, subject: ownerId })) {
      throw new ShareRefusal('grantee', 'Nobody blocks themselves.');
    }
    return this.database.transaction(async (within) => {
      await this.held.ofEveryGrant(within, ownerId);
      const row = await within
        .insertInto('blocked_person')
        .values({ id: randomId(), owner_id: ownerId, ...person, created_ms: this.clock.nowMs() })
        .onConflict((conflict) => conflict.columns(['owner_id', 'issuer', 'subject']).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw new UmaError('conflict', 'You never share with this person already.');
      await this.requests.refuseAllOf(within, ownerId, person);
      await this.revocation.ofPersonAt(within, ownerId, person);
      return blockOf(row);
    });
  }

  /** Lifts a block: the owner's shares with the person count again. @throws UmaError `not_found` */
  async lift(ownerId: string, id: string): Promise<void> {
    const { numDeletedRows } = await this.database.kysely
      .deleteFrom('blocked_person')
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new UmaError('not_found', 'There is no such block.');
  }
}

function blockOf({ id, issuer, subject, created_ms }: Selectable<BlockedPersonTable>): Block {
  return { id, person: { issuer, subject }, createdMs: created_ms };
}
