import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import type { Person } from '../policy/person.js';
import { type Share, shareOf } from '../policy/share.js';
import { revokeTokensRestingOn } from '../uma/requesting-party-tokens.js';

/** What a share lets happen, and when. Times are milliseconds; `undefined` is no limit. */
export interface ShareTerms {
  readonly scopes: readonly string[];
  readonly startsMs: number | undefined;
  readonly expiresMs: number | undefined;
}

/** Why a share was not made: its resource is not registered for the owner, or the person has one that is not over. */
export type ShareObstacle = 'no resource' | 'shared already';

/** Stored shares. Whatever takes something away revokes, in the same transaction, the tokens that rested on it. */
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

  /** @returns what is in the way when there is no new share */
  async create(
    ownerId: string,
    draft: ShareTerms & { readonly resourceId: string; readonly grantee: Person },
  ): Promise<Share | ShareObstacle> {
    const { resourceId, grantee } = draft;
    try {
      return await this.database.kysely.transaction().execute(async (within) => {
        if (!(await this.keepResource(within, ownerId, resourceId))) return 'no resource';
        await within
          .deleteFrom('share')
          .where('resource_id', '=', resourceId)
          .where('grantee_issuer', '=', grantee.issuer)
          .where('grantee_subject', '=', grantee.subject)
          .where('expires_ms', '<=', this.clock.nowMs())
          .execute();
        const row = await within
          .insertInto('share')
          .values({
            id: randomId(),
            owner_id: ownerId,
            resource_id: resourceId,
            grantee_issuer: grantee.issuer,
            grantee_subject: grantee.subject,
            created_ms: this.clock.nowMs(),
            ...columnsOf(draft),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return shareOf(row);
      });
    } catch (error) {
      if (isUniqueViolation(error)) return 'shared already';
      throw error;
    }
  }

  /** Holds off the deregistration of a resource until the transaction ends. @returns whether the owner has it still */
  private async keepResource(within: Transaction<UmaTables>, ownerId: string, id: string): Promise<boolean> {
    const kept = await within
      .selectFrom('uma_resource')
      .select('id')
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      // SQLite has one writer at a time.
      .$if(this.database.dialect === 'postgres', (query) => query.forKeyShare())
      .executeTakeFirst();
    return kept !== undefined;
  }

  /** @returns `undefined` when the owner has no such share */
  change(ownerId: string, id: string, terms: ShareTerms): Promise<Share | undefined> {
    return this.database.kysely.transaction().execute(async (within) => {
      // First, because it waits for a token that is just being issued on the old terms, and holds off the next.
      const row = await within
        .updateTable('share')
        .set(columnsOf(terms))
        .where('id', '=', id)
        .where('owner_id', '=', ownerId)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return undefined;
      await revokeTokensRestingOn(within, id);
      return shareOf(row);
    });
  }

  /** @returns whether the owner had such a share */
  withdraw(ownerId: string, id: string): Promise<boolean> {
    return this.database.kysely.transaction().execute(async (within) => {
      const held = await within
        .selectFrom('share')
        .select('id')
        .where('id', '=', id)
        .where('owner_id', '=', ownerId)
        // Waits for a token that is just being issued, and holds off the next. SQLite has one writer at a time.
        .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
        .executeTakeFirst();
      if (held === undefined) return false;
      await revokeTokensRestingOn(within, id);
      await within.deleteFrom('share').where('id', '=', id).execute();
      return true;
    });
  }
}

function columnsOf({ scopes, startsMs, expiresMs }: ShareTerms): {
  scopes: string;
  starts_ms: number | null;
  expires_ms: number | null;
} {
  return { scopes: JSON.stringify(scopes), starts_ms: startsMs ?? null, expires_ms: expiresMs ?? null };
}
