import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { Person } from '../policy/person.js';
import type { GrantedPermission } from './assessment.js';
import type { Pat } from './pat.js';

/** Whose token may be upgraded: one of the same people, client and key. */
export interface UpgradeClaim {
  readonly handle: string;
  readonly clientId: string;
  readonly pat: Pat;
  readonly requestingParty: Person;
  readonly keyThumbprint: string | undefined;
}

/** An earlier token that is offered for upgrading, and the resources it is for. */
export interface FormerToken {
  readonly id: string;
  readonly resourceIds: readonly string[];
}

/**
 * Earlier tokens whose permissions are to be added to a new one. What they rest on is held before their permissions are
 * read, in the order of whoever takes something back (resources, shares, token), so that nothing that is being withdrawn
 * gets into the new token.
 *
 * @see UMA 2.0 Grant section 3.3.5.1
 */
@Injectable()
export class FormerTokens {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
  ) {}

  /** Looks a token up, without holding anything. @returns `undefined` for one that cannot be upgraded */
  async find(within: Transaction<UmaTables>, claim: UpgradeClaim): Promise<FormerToken | undefined> {
    const { pat, requestingParty } = claim;
    const row = await within
      .selectFrom('uma_rpt')
      .select(['id', 'key_thumbprint'])
      .where('handle_digest', '=', digest(claim.handle))
      .where('client_id', '=', claim.clientId)
      .where('owner_id', '=', pat.ownerId)
      .where('resource_server', '=', pat.resourceServer)
      .where('subject_issuer', '=', requestingParty.issuer)
      .where('subject', '=', requestingParty.subject)
      .where('expires_at', '>', this.clock.nowSeconds())
      .where('narrowed_to', 'is', null)
      .executeTakeFirst();
    if (row?.key_thumbprint !== (claim.keyThumbprint ?? null)) return undefined;
    const permissions = await this.permissions(within, row.id).select('resource_id').distinct().execute();
    return { id: row.id, resourceIds: permissions.map(({ resource_id }) => resource_id) };
  }

  /**
   * Reads the permissions that a token has left, whose resources are held. They were not assessed anew, so that they end
   * with that token and its refresh token at the latest, however often they are carried on.
   *
   * @returns `undefined` when it was taken back meanwhile
   */
  async permissionsOf(
    within: Transaction<UmaTables>,
    { id }: FormerToken,
  ): Promise<readonly GrantedPermission[] | undefined> {
    const isPostgres = this.database.dialect === 'postgres';
    await within
      .selectFrom('share')
      .select('id')
      .where('id', 'in', this.permissions(within, id).select('share_id'))
      .orderBy('id')
      .$if(isPostgres, (query) => query.forShare())
      .execute();
    const held = await within
      .selectFrom('uma_rpt')
      .select('ends_at')
      .where('id', '=', id)
      .$if(isPostgres, (query) => query.forUpdate())
      .executeTakeFirst();
    if (held === undefined) return undefined;
    const rows = await this.permissions(within, id).selectAll().execute();
    return rows
      .filter(({ ends_at }) => (ends_at ?? Infinity) > this.clock.nowSeconds())
      .map(({ resource_id, share_id, scopes, ends_at }) => ({
        resourceId: resource_id,
        shareId: share_id,
        scopes: JSON.parse(scopes) as string[],
        untilMs: Math.min(ends_at ?? Infinity, held.ends_at) * 1000,
      }));
  }

  private permissions(within: Transaction<UmaTables>, rptId: string) {
    return within.selectFrom('uma_rpt_permission').where('rpt_id', '=', rptId);
  }
}
