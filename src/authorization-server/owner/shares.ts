import { Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
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
import { HeldResources } from './held-resources.js';
import { LostAccess } from './lost-access.js';
import { ReceivedRequests } from './received-requests.js';
import { takesAway } from './share-changes.js';

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
export type DecideTerms<Existing> = (
  existing: Existing,
  availableScopes: readonly string[],
) => ShareTerms | Promise<ShareTerms>;

/** A share that got its terms, and whether it is a new one. */
export interface SavedShare {
  readonly share: Share;
  readonly isNew: boolean;
}

/**
 * Stored shares. Whatever takes something away revokes, in the same transaction, the tokens that rested on it; what only
 * gives more leaves them be.
 */
@Injectable()
export class Shares {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly held: HeldResources,
    private readonly requests: ReceivedRequests,
    private readonly lost: LostAccess,
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
   * Gives terms to the share of something with somebody, or makes it. What that person was waiting for and has now is
   * answered by it.
   *
   * @returns `undefined` when the owner has nothing of the kind
   */
  save(ownerId: string, place: SharePlace, decide: DecideTerms<Share | undefined>): Promise<SavedShare | undefined> {
    return this.database.transaction(async (within) => {
      const saved = await this.saveWithin(within, ownerId, place, decide);
      if (saved !== undefined) await this.requests.settle(within, saved.share);
      return saved;
    });
  }

  /** Gives terms as {@link Shares.save} does, in a transaction of the caller. A share that is over makes room for a new one. */
  async saveWithin(
    within: Transaction<UmaTables>,
    ownerId: string,
    place: SharePlace,
    decide: DecideTerms<Share | undefined>,
  ): Promise<SavedShare | undefined> {
    const available = await this.held.ofTarget(within, ownerId, place.target);
    if (available === undefined) return undefined;
    const isWanted = isOf(ownerId, place);
    const now = this.clock.nowMs();
    await within.deleteFrom('share').where(isWanted).where('expires_ms', '<=', now).execute();
    const row = await this.heldShares(within).where(isWanted).executeTakeFirst();
    if (row === undefined) {
      const terms = await decide(undefined, available);
      return { share: await insert(within, ownerId, { ...place, ...terms, createdMs: now }), isNew: true };
    }
    const before = shareOf(row);
    return { share: await this.rewrite(within, before, await decide(before, available)), isNew: false };
  }

  /** @returns `undefined` when the owner has no such share */
  change(ownerId: string, id: string, decide: DecideTerms<Share>): Promise<Share | undefined> {
    return this.holding(ownerId, id, async (within, before, available) => {
      const after = await this.rewrite(within, before, await decide(before, available));
      await this.requests.settle(within, after);
      return after;
    });
  }

  /** @returns whether the owner had such a share */
  async withdraw(ownerId: string, id: string): Promise<boolean> {
    const withdrawn = await this.holding(ownerId, id, async (within, share) => {
      await this.lost.refuse(within, share, undefined);
      await this.revocation.restingOnShare(within, id);
      await within.deleteFrom('share').where('id', '=', id).execute();
      return true;
    });
    return withdrawn === true;
  }

  /** Acts on a share that nobody else changes meanwhile. @returns `undefined` when the owner has no such share */
  private async holding<Result>(
    ownerId: string,
    id: string,
    act: (within: Transaction<UmaTables>, share: Share, availableScopes: readonly string[]) => Promise<Result>,
  ): Promise<Result | undefined> {
    // A share never moves to another resource.
    const target = (await this.find(ownerId, id))?.target;
    if (target === undefined) return undefined;
    return this.database.transaction(async (within) => {
      const available = await this.held.ofTarget(within, ownerId, target);
      const row = await this.heldShares(within).where('id', '=', id).executeTakeFirst();
      return row && act(within, shareOf(row), available ?? []);
    });
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
  private async rewrite(within: Transaction<UmaTables>, before: Share, terms: ShareTerms): Promise<Share> {
    const row = await within
      .updateTable('share')
      .set(termColumns(terms))
      .where('id', '=', before.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (takesAway(before, terms)) {
      await this.lost.refuse(within, before, terms);
      await this.revocation.restingOnShare(within, before.id);
    }
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
  { target, grantee, createdMs, ...terms }: SharePlace & ShareTerms & Pick<Share, 'createdMs'>,
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
