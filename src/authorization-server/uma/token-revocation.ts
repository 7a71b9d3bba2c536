import { Injectable } from '@nestjs/common';
import { type Expression, type ExpressionBuilder, sql, type SqlBool, type Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { Person } from '../policy/person.js';
import { deleteOpenTickets } from './open-tickets.js';
import { type RptRow, tellPermissions } from './rpt-permissions.js';
import { TokenEvents } from './token-events.js';

type TokenFilter = (token: ExpressionBuilder<UmaTables, 'uma_rpt'>) => Expression<SqlBool>;

/**
 * Takes back what was given: tokens, claims that were kept, tickets on their way. Each act belongs to a transaction of
 * the caller, which holds what the tokens rested on, so that none is issued on it meanwhile; and in that transaction the
 * resource servers' news of it is written down.
 *
 * @see UMA 2.0 Grant section 6.1
 */
@Injectable()
export class TokenRevocation {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly events: TokenEvents,
  ) {}

  /** Takes back whatever rests on a share: tokens, tickets that try to meet its conditions, claims given for it. */
  async restingOnShare(within: Transaction<UmaTables>, shareId: string): Promise<void> {
    await this.end(within, (token) =>
      token('id', 'in', (rpt) => rpt.selectFrom('uma_rpt_permission').select('rpt_id').where('share_id', '=', shareId)),
    );
    await this.forgetFor(within, [shareId]);
  }

  /** Takes back the tickets that try to meet the conditions of shares, and the claims that were given for them. */
  async forgetFor(within: Transaction<UmaTables>, shareIds: readonly string[]): Promise<void> {
    if (shareIds.length === 0) return;
    await deleteOpenTickets(within, this.database.dialect, (ticket) =>
      ticket('handle_digest', 'in', (link) =>
        link.selectFrom('uma_ticket_share').select('ticket_digest').where('share_id', 'in', shareIds),
      ),
    );
    await within
      .deleteFrom('uma_pct')
      .where('id', 'in', (pct) => pct.selectFrom('uma_pct_share').select('pct_id').where('share_id', 'in', shareIds))
      .execute();
  }

  /** Takes back what came out of an authorization process. */
  async ofProcess(within: Transaction<UmaTables>, processId: string): Promise<void> {
    await this.end(within, (token) => token('process_id', '=', processId));
    await within.deleteFrom('uma_pct').where('process_id', '=', processId).execute();
  }

  /** Takes back what a person has of an owner's resources. */
  ofPersonAt(within: Transaction<UmaTables>, ownerId: string, { issuer, subject }: Person): Promise<void> {
    return this.end(within, (token) => token.and({ owner_id: ownerId, subject, subject_issuer: issuer }));
  }

  /** Takes back what anybody has of an owner's resources. */
  ofOwner(within: Transaction<UmaTables>, ownerId: string): Promise<void> {
    return this.end(within, (token) => token('owner_id', '=', ownerId));
  }

  /** Takes back what a person has of anybody's resources, and the claims that are kept of them. */
  async ofPerson(within: Transaction<UmaTables>, { issuer, subject }: Person): Promise<void> {
    const ofPerson = { subject, subject_issuer: issuer };
    await this.end(within, (token) => token.and(ofPerson));
    await within
      .deleteFrom('uma_pct')
      .where((pct) => pct.and(ofPerson))
      .execute();
  }

  /** Takes back whatever permits one of some scopes, at whichever resource. */
  ofScopes(within: Transaction<UmaTables>, scopes: readonly string[]): Promise<void> {
    // The scopes are a JSON array of texts, so that its text has each of them in quotation marks.
    const isNamed = (scope: string) => sql<boolean>`replace(scopes, ${JSON.stringify(scope)}, '') <> scopes`;
    return this.end(within, (token) =>
      token('id', 'in', (rpt) =>
        rpt
          .selectFrom('uma_rpt_permission')
          .select('rpt_id')
          .where((permission) => permission.or(scopes.map(isNamed))),
      ),
    );
  }

  /** Ends the tokens that a condition describes. */
  async end(within: Transaction<UmaTables>, filter: TokenFilter): Promise<void> {
    const ended = await within
      .deleteFrom('uma_rpt')
      .where('id', 'in', (rpt) =>
        rpt
          .selectFrom('uma_rpt')
          .select('id')
          .where(filter)
          // In one order, so that two who take back much at once do not wait for each other in a circle.
          .orderBy('id')
          .$if(this.database.dialect === 'postgres', (query) => query.forUpdate()),
      )
      .returning(['token_id', 'resource_server', 'owner_id', 'expires_at'])
      .execute();
    const now = this.clock.nowSeconds();
    await this.tell(
      within,
      ended.filter(({ expires_at }) => expires_at > now),
    );
  }

  /**
   * Holds the tokens that permit something on a resource and have not ended by themselves, which are left to the purge:
   * whoever renews one meanwhile waits, and finds what is left of it.
   *
   * @returns their ids
   */
  async holdAt(within: Transaction<UmaTables>, resourceId: string): Promise<readonly string[]> {
    const rows = await within
      .selectFrom('uma_rpt')
      .select('id')
      .where('id', 'in', (rpt) =>
        rpt.selectFrom('uma_rpt_permission').select('rpt_id').where('resource_id', '=', resourceId),
      )
      .where('ends_at', '>', this.clock.nowSeconds())
      .orderBy('id')
      .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Tells that a token which was good until now is not any more: another one has taken its place. */
  async tell(
    within: Transaction<UmaTables>,
    ended: readonly Pick<RptRow, 'token_id' | 'resource_server' | 'owner_id'>[],
  ): Promise<void> {
    if (ended.length === 0) return;
    const changes = ended.map(({ token_id, resource_server, owner_id }) => ({
      kind: 'ended' as const,
      tokenId: token_id,
      resourceServer: resource_server,
      ownerId: owner_id,
    }));
    await this.events.record(within, changes);
  }

  /** Tells what tokens still permit that have lost permissions. */
  async tellShrunk(within: Transaction<UmaTables>, rptIds: readonly string[]): Promise<void> {
    if (rptIds.length === 0) return;
    const changes = await tellPermissions(within, rptIds, this.clock.nowSeconds());
    if (changes.length > 0) await this.events.record(within, changes);
  }
}
