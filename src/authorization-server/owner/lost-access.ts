import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import type { Person } from '../policy/person.js';
import { isInForce, type Share, type ShareTerms } from '../policy/share.js';
import { ReceivedRequests } from './received-requests.js';

/** What somebody has by a share. */
interface Holding {
  readonly person: Person;
  readonly clientId: string;
  readonly resourceId: string;
  readonly scopes: readonly string[];
}

/**
 * Takes what is taken from people as refused: their clients ask for it again at once, and an owner who has just said no is
 * not asked.
 */
@Injectable()
export class LostAccess {
  constructor(
    private readonly clock: Clock,
    private readonly requests: ReceivedRequests,
  ) {}

  /**
   * Comes before the tokens that rest on the share are taken back: they tell who has something to lose.
   *
   * @param within holds the share
   * @param after what the share gives from now on; `undefined` when it ends
   */
  async refuse(within: Transaction<UmaTables>, share: Share, after: ShareTerms | undefined): Promise<void> {
    for (const holding of await this.holdings(within, share)) {
      const { ownerId } = share;
      const scopes = missingScopes(holding.scopes, this.left(holding, after));
      if (scopes.length > 0) await this.requests.refuseUnasked(within, { ...holding, ownerId, scopes });
    }
  }

  private left({ clientId }: Holding, after: ShareTerms | undefined): readonly string[] {
    if (after === undefined || !isInForce(after, this.clock.nowMs())) return [];
    return after.clients?.includes(clientId) === false ? [] : after.scopes;
  }

  private async holdings(within: Transaction<UmaTables>, { id }: Share): Promise<readonly Holding[]> {
    const rows = await within
      .selectFrom('uma_rpt_permission')
      .innerJoin('uma_rpt', 'uma_rpt.id', 'uma_rpt_permission.rpt_id')
      .select(['subject_issuer', 'subject', 'client_id', 'resource_id', 'scopes'])
      .where('share_id', '=', id)
      .where('uma_rpt.ends_at', '>', this.clock.nowSeconds())
      .orderBy('uma_rpt.issued_at')
      .execute();
    return rows.map((row) => ({
      person: { issuer: row.subject_issuer, subject: row.subject },
      clientId: row.client_id,
      resourceId: row.resource_id,
      scopes: JSON.parse(row.scopes) as string[],
    }));
  }
}
