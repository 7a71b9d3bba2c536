import { Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import type { Person } from '../policy/person.js';
import { type Share, shareOf } from '../policy/share.js';
import { revokeTokensRestingOn } from '../uma/requesting-party-tokens.js';

/** What a share lets happen, and when. Times are milliseconds; `undefined` is no limit. */
export interface ShareTerms {
  readonly scopes: readonly string[];
  readonly startsMs: number | undefined;
  readonly expiresMs: number | undefined;
}

/** What is shared with whom. Nobody has two shares of one resource. */
export interface SharePlace {
  readonly resourceId: string;
  readonly grantee: Person;
}

/**
 * Decides on the terms of a share. What it is given stays as it is until the terms are stored; what it throws undoes
 * everything.
 *
 * @param existing the share that gets the terms; `undefined` for a new one
 * @param availableScopes the scopes of the resource
 */
export type DecideTerms<Existing> = (existing: Existing, availableScopes: readonly string[]) => ShareTerms;

/** A share that got its terms, and whether it is a new one. */
export interface SavedShare {
  readonly share: Share;
  readonly isNew: boolean;
}

/**
 * Stored shares. Whatever takes something away revokes, in the same transaction, the tokens that rested on it. Locks are
 * taken in one order, resource before share, as in the redemption of a ticket, so that nobody waits in a circle.
 */
@Injectable()
export class Shares {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
  ) {}

  /** The shares of an owner, the oldest first. */
  async list(ownerId: string): Promise<readonly Share[]> {
    const rows = await this.database.kysely
      .selectFrom('share')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_ms')
      .execute();
    return rows.map(shareOf);
  }

  /** The share of that id, if it is this owner's. */
  async find(ownerId: string, id: string): Promise<Share | undefined> {
    const row = await this.database.kysely
      .selectFrom('share')
      .selectAll()
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    return row && shareOf(row);
  }

  /**
   * Gives terms to the share of a resource with a person, or makes it. One that is over makes room for a new one.
   *
   * @returns `undefined` when the owner has no such resource
   */
  save(ownerId: string, place: SharePlace, decide: DecideTerms<Share | undefined>): Promise<SavedShare | undefined> {
    return this.database.kysely.transaction().execute(async (within) => {
      const available = await this.holdResource(within, ownerId, place.resourceId);
      if (available === undefined) return undefined;
      const now = this.clock.nowMs();
      await within.deleteFrom('share').where(isOf(place)).where('expires_ms', '<=', now).execute();
      const row = await this.heldShares(within).where(isOf(place)).executeTakeFirst();
      if (row === undefined) {
        return { share: await insert(within, ownerId, place, decide(undefined, available), now), isNew: true };
      }
      return { share: await rewrite(within, row.id, decide(shareOf(row), available)), isNew: false };
    });
  }

  /** @returns `undefined` when the owner has no such share */
  async change(ownerId: string, id: string, decide: DecideTerms<Share>): Promise<Share | undefined> {
    // A share never moves to another resource.
    const resourceId = (await this.find(ownerId, id))?.resourceId;
    if (resourceId === undefined) return undefined;
    return this.database.kysely.transaction().execute(async (within) => {
      const available = await this.holdResource(within, ownerId, resourceId);
      const row = await this.heldShares(within).where('id', '=', id).executeTakeFirst();
      if (available === undefined || row === undefined) return undefined;
      return rewrite(within, id, decide(shareOf(row), available));
    });
  }

  /** @returns whether the owner had such a share */
  withdraw(ownerId: string, id: string): Promise<boolean> {
    return this.database.kysely.transaction().execute(async (within) => {
      const held = await this.heldShares(within)
        .where('id', '=', id)
        .where('owner_id', '=', ownerId)
        .executeTakeFirst();
      if (held === undefined) return false;
      await revokeTokensRestingOn(within, id);
      await within.deleteFrom('share').where('id', '=', id).execute();
      return true;
    });
  }

  /**
   * Holds off whoever else shares a resource, describes it anew or deregisters it, until the transaction ends.
   *
   * @returns its scopes; `undefined` when the owner has no such resource
   */
  private async holdResource(
    within: Transaction<UmaTables>,
    ownerId: string,
    id: string,
  ): Promise<readonly string[] | undefined> {
    const row = await within
      .selectFrom('uma_resource')
      .select('description')
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      // Tokens are issued meanwhile: they hold the key of the row alone. SQLite has one writer at a time.
      .$if(this.database.dialect === 'postgres', (query) => query.forNoKeyUpdate())
      .executeTakeFirst();
    return row && (JSON.parse(row.description) as ResourceDescription).resource_scopes;
  }

  /** Shares as they stay until the transaction ends. */
  private heldShares(within: Transaction<UmaTables>) {
    return (
      within
        .selectFrom('share')
        .selectAll()
        // Waits for a token that is just being issued, and holds off the next. SQLite has one writer at a time.
        .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
    );
  }
}

/** The condition that a share is that of a resource with a person. */
function isOf({ resourceId, grantee }: SharePlace) {
  return (share: ExpressionBuilder<UmaTables, 'share'>) =>
    share.and({ resource_id: resourceId, grantee_issuer: grantee.issuer, grantee_subject: grantee.subject });
}

async function insert(
  within: Transaction<UmaTables>,
  ownerId: string,
  { resourceId, grantee }: SharePlace,
  terms: ShareTerms,
  createdMs: number,
): Promise<Share> {
  const row = await within
    .insertInto('share')
    .values({
      id: randomId(),
      owner_id: ownerId,
      resource_id: resourceId,
      grantee_issuer: grantee.issuer,
      grantee_subject: grantee.subject,
      created_ms: createdMs,
      ...columnsOf(terms),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return shareOf(row);
}

/** Gives a share, whose row the transaction holds, other terms. */
async function rewrite(within: Transaction<UmaTables>, id: string, terms: ShareTerms): Promise<Share> {
  const row = await within
    .updateTable('share')
    .set(columnsOf(terms))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await revokeTokensRestingOn(within, id);
  return shareOf(row);
}

function columnsOf({ scopes, startsMs, expiresMs }: ShareTerms): {
  scopes: string;
  starts_ms: number | null;
  expires_ms: number | null;
} {
  return { scopes: JSON.stringify(scopes), starts_ms: startsMs ?? null, expires_ms: expiresMs ?? null };
}
