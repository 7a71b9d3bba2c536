import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import type { Person } from '../policy/person.js';

/** What somebody would like to see of an owner's resources. */
export interface AccessWish {
  readonly ownerId: string;
  readonly person: Person;
  /** The client that asks on behalf of the person. */
  readonly clientId: string;
  readonly wanted: readonly RequestedPermission[];
}

/** How many requests of one client wait for one owner at most. */
export const MOST_PENDING = 100;

const PENDING = { status: 'pending' } as const;

/** Puts people's wishes before owners. Somebody has one request for a resource: what they ask for later joins it. */
@Injectable()
export class AccessRequests {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks the owner, unless that was done already.
   *
   * @returns whether the owner is being asked: not for more than they can look through
   */
  async submit(within: Transaction<UmaTables>, wish: AccessWish): Promise<boolean> {
    if ((await this.isTooMuch(within, wish)) && !(await this.isAsked(within, wish))) return false;
    for (const permission of wish.wanted) await this.submitOne(within, wish, permission);
    return true;
  }

  private async isTooMuch(within: Transaction<UmaTables>, { ownerId, clientId, wanted }: AccessWish): Promise<boolean> {
    const rows = await within
      .selectFrom('access_request')
      .select('id')
      .where((request) => request.and({ ...PENDING, owner_id: ownerId, client_id: clientId }))
      .limit(MOST_PENDING)
      .execute();
    return rows.length + wanted.length > MOST_PENDING;
  }

  private async isAsked(within: Transaction<UmaTables>, { ownerId, person, wanted }: AccessWish): Promise<boolean> {
    const ofPerson = { owner_id: ownerId, requester_issuer: person.issuer, requester_subject: person.subject };
    const resourceIds = wanted.map(({ resourceId }) => resourceId);
    const rows = await within
      .selectFrom('access_request')
      .select('id')
      .where((request) => request.and({ ...PENDING, ...ofPerson }))
      .where('resource_id', 'in', resourceIds)
      .execute();
    return rows.length === new Set(resourceIds).size;
  }

  private async submitOne(
    within: Transaction<UmaTables>,
    { ownerId, person, clientId }: Omit<AccessWish, 'wanted'>,
    { resourceId, resourceScopes }: RequestedPermission,
  ): Promise<void> {
    const place = { resource_id: resourceId, requester_issuer: person.issuer, requester_subject: person.subject };
    const asked = { client_id: clientId, scopes: JSON.stringify(resourceScopes), created_ms: this.clock.nowMs() };
    const { numInsertedOrUpdatedRows: isNew } = await within
      .insertInto('access_request')
      .values({
        id: randomId(),
        owner_id: ownerId,
        ...place,
        ...asked,
        ...PENDING,
        refused_scopes: '[]',
        decided_ms: null,
      })
      .onConflict((conflict) => conflict.columns(['resource_id', 'requester_issuer', 'requester_subject']).doNothing())
      .executeTakeFirst();
    if (isNew === 0n) await this.join(within, place, asked);
  }

  /** One that was answered makes room for what is asked now. */
  private async join(
    within: Transaction<UmaTables>,
    place: { resource_id: string; requester_issuer: string; requester_subject: string },
    asked: { client_id: string; scopes: string; created_ms: number },
  ): Promise<void> {
    const before = await within
      .selectFrom('access_request')
      .select(['id', 'scopes', 'status'])
      .where((request) => request.and(place))
      .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst();
    if (before === undefined) return;
    const known = before.status === PENDING.status ? (JSON.parse(before.scopes) as string[]) : [];
    const scopes = [...new Set([...known, ...(JSON.parse(asked.scopes) as string[])])];
    if (before.status === PENDING.status && scopes.length === known.length) return;
    await within
      .updateTable('access_request')
      .set({ ...asked, ...PENDING, scopes: JSON.stringify(scopes) })
      .where('id', '=', before.id)
      .execute();
  }
}
