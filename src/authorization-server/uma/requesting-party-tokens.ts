import { Injectable } from '@nestjs/common';
import type { Selectable, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomHandle, randomId } from '../../common/randomness.js';
import type { UmaRptTable, UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { Permission } from '../../uma/protocol/permissions.js';
import type { Person } from '../policy/person.js';
import type { GrantedPermission } from './assessment.js';
import type { Pat } from './pat.js';
import type { PermissionTicket } from './permission-tickets.js';

/** Who gets a requesting party token for what. */
export interface RptOrder {
  readonly ticket: PermissionTicket;
  readonly clientId: string;
  readonly requestingParty: Person;
  readonly permissions: readonly GrantedPermission[];
}

/** A requesting party token just made. */
export interface IssuedRpt {
  readonly handle: string;
  readonly expiresInSeconds: number;
}

/** An active requesting party token with what it still permits. Times are seconds since the Unix epoch. */
export interface ActiveRpt {
  readonly id: string;
  readonly audience: string;
  readonly clientId: string;
  readonly requestingParty: Person;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly permissions: readonly Permission[];
}

/** Requesting party tokens (RPTs): opaque handles, stored as digests. A revoked token is one that is gone. */
@Injectable()
export class RequestingPartyTokens {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
  ) {}

  /** Makes a token. A permission ends with the share it rests on, the token after its lifetime. */
  async issue(within: Transaction<UmaTables>, order: RptOrder): Promise<IssuedRpt> {
    const { ticket, clientId, requestingParty, permissions } = order;
    const [handle, id, now] = [randomHandle(), randomId(), this.clock.nowSeconds()];
    const expiresAt = now + ticket.rptLifetimeSeconds;
    await within
      .insertInto('uma_rpt')
      .values({
        id,
        handle_digest: digest(handle),
        process_id: ticket.processId,
        owner_id: ticket.pat.ownerId,
        resource_server: ticket.pat.resourceServer,
        audience: ticket.resourceIdentifier ?? ticket.pat.resourceServer,
        client_id: clientId,
        subject_issuer: requestingParty.issuer,
        subject: requestingParty.subject,
        issued_at: now,
        expires_at: expiresAt,
      })
      .execute();
    const rows = permissions.map(({ resourceId, shareId, scopes, untilMs }) => ({
      rpt_id: id,
      resource_id: resourceId,
      share_id: shareId,
      scopes: JSON.stringify(scopes),
      expires_at: Math.min(expiresAt, Math.floor((untilMs ?? Infinity) / 1000)),
    }));
    await within.insertInto('uma_rpt_permission').values(rows).execute();
    return { handle, expiresInSeconds: ticket.rptLifetimeSeconds };
  }

  /** Whether a text is a token that could be used somewhere. */
  async isActive(handle: string): Promise<boolean> {
    const row = await this.database.kysely
      .selectFrom('uma_rpt')
      .select('id')
      .where('handle_digest', '=', digest(handle))
      .where('expires_at', '>', this.clock.nowSeconds())
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Finds an active token of this owner and resource server; those of others seem not to exist. */
  async find({ ownerId, resourceServer }: Pat, handle: string): Promise<ActiveRpt | undefined> {
    const row = await this.database.kysely
      .selectFrom('uma_rpt')
      .selectAll()
      .where('handle_digest', '=', digest(handle))
      .where('owner_id', '=', ownerId)
      .where('resource_server', '=', resourceServer)
      .where('expires_at', '>', this.clock.nowSeconds())
      .executeTakeFirst();
    return row === undefined ? undefined : { ...tokenOf(row), permissions: await this.permissionsOf(row.id) };
  }

  /** Ends a token of this client; one of another client stays as it is. @see RFC 7009 section 2.1 */
  async revoke(handle: string, clientId: string): Promise<void> {
    await this.database.kysely
      .deleteFrom('uma_rpt')
      .where('handle_digest', '=', digest(handle))
      .where('client_id', '=', clientId)
      .execute();
  }

  /** What is left of the permissions: those in time. What was withdrawn or deregistered is gone from them. */
  private async permissionsOf(rptId: string): Promise<readonly Permission[]> {
    const rows = await this.database.kysely
      .selectFrom('uma_rpt_permission')
      .select(['resource_id', 'scopes', 'expires_at'])
      .where('rpt_id', '=', rptId)
      .where('expires_at', '>', this.clock.nowSeconds())
      .execute();
    return rows.map((row) => ({
      resourceId: row.resource_id,
      resourceScopes: JSON.parse(row.scopes) as string[],
      exp: row.expires_at,
    }));
  }
}

/** Revokes every token that has a permission resting on a share. The share's row is held by the transaction. */
export async function revokeTokensRestingOn(within: Transaction<UmaTables>, shareId: string): Promise<void> {
  await within
    .deleteFrom('uma_rpt')
    .where('id', 'in', (rpt) => rpt.selectFrom('uma_rpt_permission').select('rpt_id').where('share_id', '=', shareId))
    .execute();
}

function tokenOf(row: Selectable<UmaRptTable>): Omit<ActiveRpt, 'permissions'> {
  return {
    id: row.id,
    audience: row.audience,
    clientId: row.client_id,
    requestingParty: { issuer: row.subject_issuer, subject: row.subject },
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  };
}
