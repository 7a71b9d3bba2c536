import { Injectable } from '@nestjs/common';
import type { Selectable, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { AccessRequestTable } from '../../database/authorization-server/sharing.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { ANY_ACCESS } from '../policy/decision.js';
import type { Person } from '../policy/person.js';
import { isInForce, type Share } from '../policy/share.js';
import { REFUSAL_LASTS_MS } from '../policy/share.decision-point.js';

/** How many requests of a kind are listed. */
export const MOST_LISTED = 100;

/** How far a request has come. */
export type RequestStatus = 'pending' | 'approved' | 'refused';

/** Somebody's wish to see what is not shared with them, as its owner receives it. */
export interface ReceivedRequest {
  readonly id: string;
  readonly resourceId: string;
  /** None when the wish is for any access at all. */
  readonly scopes: readonly string[];
  readonly requester: Person;
  /** The client that asks on behalf of the person. */
  readonly clientId: string;
  readonly status: RequestStatus;
  readonly createdMs: number;
}

/** What somebody is refused without having asked. */
export interface Refusal {
  readonly ownerId: string;
  readonly person: Person;
  /** The client through which they had it. */
  readonly clientId: string;
  readonly resourceId: string;
  readonly scopes: readonly string[];
}

/** The access requests that owners receive, and what they answer. */
@Injectable()
export class ReceivedRequests {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
  ) {}

  /** Requests to an owner, the newest first: the newest that wait for an answer, and the newest that were answered. */
  async list(ownerId: string): Promise<readonly ReceivedRequest[]> {
    const requests = [...(await this.listPending(ownerId)), ...(await this.newest(ownerId, ['approved', 'refused']))];
    return requests.toSorted((one, other) => other.createdMs - one.createdMs);
  }

  /** The newest requests that wait for an owner's answer, the newest first. */
  listPending(ownerId: string): Promise<readonly ReceivedRequest[]> {
    return this.newest(ownerId, ['pending']);
  }

  /** The request of that id, if it is to this owner. */
  async find(ownerId: string, id: string): Promise<ReceivedRequest | undefined> {
    const row = await this.database.kysely
      .selectFrom('access_request')
      .selectAll()
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    return row && requestOf(row);
  }

  /** The request of that id as it stays until the transaction ends; `undefined` when there is nothing left to answer. */
  async holdPending(within: Transaction<UmaTables>, id: string): Promise<ReceivedRequest | undefined> {
    const row = await this.pending(within).where('id', '=', id).executeTakeFirst();
    return row && requestOf(row);
  }

  /**
   * Writes down what the owner answered. What they refused a short while ago stays refused, unless they allow it now.
   *
   * @param approved the scopes that the owner allows; the others that were asked for are refused
   */
  async answer(within: Transaction<UmaTables>, request: ReceivedRequest, approved: readonly string[]): Promise<void> {
    const before = await within
      .selectFrom('access_request')
      .select(['refused_scopes', 'decided_ms'])
      .where('id', '=', request.id)
      .executeTakeFirstOrThrow();
    const now = this.clock.nowMs();
    const refused = [...missingScopes(recentlyRefused(before, now), approved), ...refusedOf(request, approved)];
    const status: RequestStatus = approved.length > 0 ? 'approved' : 'refused';
    await within
      .updateTable('access_request')
      .set({ status, refused_scopes: JSON.stringify([...new Set(refused)]), decided_ms: now })
      .where('id', '=', request.id)
      .execute();
  }

  /** Writes down that somebody is refused what they had until now. What they wait for stays before the owner. */
  async refuseUnasked(within: Transaction<UmaTables>, refusal: Refusal): Promise<void> {
    const { ownerId, person, clientId, resourceId, scopes } = refusal;
    const place = { resource_id: resourceId, requester_issuer: person.issuer, requester_subject: person.subject };
    const before = await within
      .selectFrom('access_request')
      .selectAll()
      .where((request) => request.and(place))
      .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst();
    const now = this.clock.nowMs();
    const earlier = before === undefined ? [] : recentlyRefused(before, now);
    const refused = { refused_scopes: JSON.stringify([...new Set([...earlier, ...scopes])]), decided_ms: now };
    const asked = { client_id: clientId, scopes: JSON.stringify(scopes), created_ms: now };
    await within
      .insertInto('access_request')
      .values({ id: randomId(), owner_id: ownerId, ...place, ...asked, status: 'refused', ...refused })
      .onConflict((conflict) =>
        conflict.columns(['resource_id', 'requester_issuer', 'requester_subject']).doUpdateSet(refused),
      )
      .execute();
  }

  /** Refuses whatever a person is waiting for. */
  async refuseAllOf(within: Transaction<UmaTables>, ownerId: string, { issuer, subject }: Person): Promise<void> {
    const rows = await this.pending(within)
      .where('owner_id', '=', ownerId)
      .where('requester_issuer', '=', issuer)
      .where('requester_subject', '=', subject)
      .execute();
    for (const row of rows) await this.answer(within, requestOf(row), []);
  }

  /** Takes what a person was waiting for as approved, when a share gives it to them. */
  async settle(within: Transaction<UmaTables>, share: Share): Promise<void> {
    const { target, grantee, scopes, clients, purposes } = share;
    if (grantee.kind !== 'person' || !('resourceId' in target)) return;
    if (purposes !== undefined || !isInForce(share, this.clock.nowMs())) return;
    const rows = await this.pending(within)
      .where('resource_id', '=', target.resourceId)
      .where('requester_issuer', '=', grantee.person.issuer)
      .where('requester_subject', '=', grantee.person.subject)
      .execute();
    const settled = rows
      .map(requestOf)
      .filter((request) => missingScopes(request.scopes, scopes).length === 0)
      .filter(({ clientId }) => clients?.includes(clientId) !== false);
    for (const request of settled) await this.answer(within, request, scopes);
  }

  private async newest(ownerId: string, statuses: readonly RequestStatus[]): Promise<readonly ReceivedRequest[]> {
    const rows = await this.database.kysely
      .selectFrom('access_request')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .where('status', 'in', statuses)
      .orderBy('created_ms', 'desc')
      .orderBy('id')
      .limit(MOST_LISTED)
      .execute();
    return rows.map(requestOf);
  }

  private pending(within: Transaction<UmaTables>) {
    return (
      within
        .selectFrom('access_request')
        .selectAll()
        .where('status', '=', 'pending')
        .orderBy('id')
        // SQLite has one writer at a time.
        .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
    );
  }
}

function recentlyRefused(
  { refused_scopes, decided_ms }: Pick<Selectable<AccessRequestTable>, 'refused_scopes' | 'decided_ms'>,
  nowMs: number,
): readonly string[] {
  const isRecent = (decided_ms ?? -Infinity) > nowMs - REFUSAL_LASTS_MS;
  return isRecent ? (JSON.parse(refused_scopes) as string[]) : [];
}

/** Who is refused any access at all does not ask for that again either. */
function refusedOf({ scopes }: ReceivedRequest, approved: readonly string[]): readonly string[] {
  if (scopes.length > 0) return missingScopes(scopes, approved);
  return approved.length > 0 ? [] : [ANY_ACCESS];
}

function requestOf(row: Selectable<AccessRequestTable>): ReceivedRequest {
  return {
    id: row.id,
    resourceId: row.resource_id,
    scopes: JSON.parse(row.scopes) as string[],
    requester: { issuer: row.requester_issuer, subject: row.requester_subject },
    clientId: row.client_id,
    status: row.status as RequestStatus,
    createdMs: row.created_ms,
  };
}
