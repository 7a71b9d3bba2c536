import { Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import {
  type Grantee,
  granteeKey,
  type Share,
  shareOf,
  type ShareTarget,
  type ShareTerms,
  targetKey,
  termColumns,
} from '../policy/share.js';
import { TokenRevocation } from '../uma/token-revocation.js';

/** What is shared with whom. Nobody has two shares of one thing. */
export interface SharePlace {
  readonly target: ShareTarget;
  readonly grantee: Grantee;
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
    private readonly revocation: TokenRevocation,
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
   * Gives terms to the share of something with somebody, or makes it. One that is over makes room for a new one.
   *
   * @returns `undefined` when the owner has nothing of the kind
   */
  save(ownerId: string, place: SharePlace, decide: DecideTerms<Share | undefined>): Promise<SavedShare | undefined> {
    return this.database.kysely.transaction().execute(async (within) => {
      const available = await this.holdTarget(within, ownerId, place.target);
      if (available === undefined) return undefined;
      const isWanted = isOf(ownerId, place);
      const now = this.clock.nowMs();
      await within.deleteFrom('share').where(isWanted).where('expires_ms', '<=', now).execute();
      const row = await this.heldShares(within).where(isWanted).executeTakeFirst();
      if (row === undefined) {
        return { share: await insert(within, ownerId, place, decide(undefined, available), now), isNew: true };
      }
      return { share: await this.rewrite(within, row.id, decide(shareOf(row), available)), isNew: false };
    });
  }

  /** @returns `undefined` when the owner has no such share */
  async change(ownerId: string, id: string, decide: DecideTerms<Share>): Promise<Share | undefined> {
    // A share never moves to another resource.
    const target = (await this.find(ownerId, id))?.target;
    if (target === undefined) return undefined;
    return this.database.kysely.transaction().execute(async (within) => {
      const available = await this.holdTarget(within, ownerId, target);
      const row = await this.heldShares(within).where('id', '=', id).executeTakeFirst();
      if (available === undefined || row === undefined) return undefined;
      return this.rewrite(within, id, decide(shareOf(row), available));
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
      await this.revocation.restingOnShare(within, id);
      await within.deleteFrom('share').where('id', '=', id).execute();
      return true;
    });
  }

  /**
   * Holds off whoever else shares a resource or resources of a type, describes them anew or deregisters them, until the
   * transaction ends.
   *
   * @returns the scopes that there are; `undefined` when the owner has nothing of the kind
   */
  private async holdTarget(
    within: Transaction<UmaTables>,
    ownerId: string,
    target: ShareTarget,
  ): Promise<readonly string[] | undefined> {
    const rows = await within
      .selectFrom('uma_resource')
      .select('description')
      .where('owner_id', '=', ownerId)
      .$if('resourceId' in target, (query) => query.where('id', '=', 'resourceId' in target ? target.resourceId : ''))
      .orderBy('id')
      // Tokens are issued meanwhile: they hold the key of the row alone. SQLite has one writer at a time.
      .$if(this.database.dialect === 'postgres', (query) => query.forNoKeyUpdate())
      .execute();
    const meant = rows
      .map(({ description }) => JSON.parse(description) as ResourceDescription)
      .filter(({ type }) => 'resourceId' in target || type === target.resourceType);
    return meant.length === 0 ? undefined : [...new Set(meant.flatMap(({ resource_scopes: scopes }) => scopes))];
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

  /** Gives a share, whose row the transaction holds, other terms. */
  private async rewrite(within: Transaction<UmaTables>, id: string, terms: ShareTerms): Promise<Share> {
    const row = await within
      .updateTable('share')
      .set(termColumns(terms))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await this.revocation.restingOnShare(within, id);
    return shareOf(row);
  }
}

/** The condition that a share is that of something with somebody. */
function isOf(ownerId: string, { target, grantee }: SharePlace) {
  return (share: ExpressionBuilder<UmaTables, 'share'>) =>
    share.and({
      target: targetKey(ownerId, target),
      grantee_kind: grantee.kind,
      grantee_key: granteeKey(grantee),
    });
}

async function insert(
  within: Transaction<UmaTables>,
  ownerId: string,
  { target, grantee }: SharePlace,
  terms: ShareTerms,
  createdMs: number,
): Promise<Share> {
  const row = await within
    .insertInto('share')
    .values({
      id: randomId(),
      owner_id: ownerId,
      target: targetKey(ownerId, target),
      resource_id: 'resourceId' in target ? target.resourceId : null,
      resource_type: 'resourceType' in target ? target.resourceType : null,
      grantee_kind: grantee.kind,
      grantee_key: granteeKey(grantee),
      grantee: JSON.stringify(grantee),
      created_ms: createdMs,
      ...termColumns(terms),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return shareOf(row);
}
