import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomHandle } from '../../common/randomness.js';
import type { UmaTables, UmaTicketTable } from '../../database/authorization-server/uma.js';
import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import type { Pat } from './pat.js';

/** What every permission ticket of one authorization process says: the process only hands it on. */
export interface PermissionTicket {
  readonly processId: string;
  /** The owner and the resource server that asked for it. */
  readonly pat: Pat;
  /** The resource server's identifier, when it registered one. */
  readonly resourceIdentifier: string | undefined;
  readonly permissions: readonly RequestedPermission[];
  readonly ticketLifetimeSeconds: number;
  readonly rptLifetimeSeconds: number;
}

/**
 * Permission tickets: unguessable handles, stored as digests, each good for one presentation.
 *
 * @see UMA 2.0 Grant sections 5.4 and 5.5
 */
@Injectable()
export class PermissionTickets {
  constructor(private readonly clock: Clock) {}

  /** @returns the handle of a new ticket */
  async issue(within: Kysely<UmaTables>, ticket: PermissionTicket): Promise<string> {
    const handle = randomHandle();
    await within
      .insertInto('uma_ticket')
      .values({
        handle_digest: digest(handle),
        process_id: ticket.processId,
        owner_id: ticket.pat.ownerId,
        resource_server: ticket.pat.resourceServer,
        resource_identifier: ticket.resourceIdentifier ?? null,
        permissions: JSON.stringify(ticket.permissions),
        ticket_lifetime_seconds: ticket.ticketLifetimeSeconds,
        rpt_lifetime_seconds: ticket.rptLifetimeSeconds,
        expires_ms: this.clock.nowMs() + ticket.ticketLifetimeSeconds * 1000,
        consumed_ms: null,
      })
      .execute();
    return handle;
  }

  /**
   * Consumes a ticket, which binds its process to the client when it is the first one. A second presentation, or another
   * client's, is a sign of theft: it closes the process and revokes what came out of it.
   *
   * @returns `undefined` when the ticket is good for nothing: unknown, expired, used, or of another client
   */
  async consume(
    within: Transaction<UmaTables>,
    handle: string,
    clientId: string,
  ): Promise<PermissionTicket | undefined> {
    const row = await this.consumeOnce(within, digest(handle));
    if (row === undefined) {
      await this.noticeReplay(within, digest(handle));
      return undefined;
    }
    const process = await beginOrFindProcess(within, row.process_id, clientId);
    if (process.clientId === clientId && !process.closed) return ticketOf(row);
    await this.closeProcess(within, row.process_id);
    return undefined;
  }

  /** One statement, so that of many presentations at once only one finds the ticket unused. */
  private consumeOnce(
    within: Transaction<UmaTables>,
    handleDigest: string,
  ): Promise<Selectable<UmaTicketTable> | undefined> {
    const now = this.clock.nowMs();
    return within
      .updateTable('uma_ticket')
      .set({ consumed_ms: now })
      .where('handle_digest', '=', handleDigest)
      .where('consumed_ms', 'is', null)
      .where('expires_ms', '>', now)
      .returningAll()
      .executeTakeFirst();
  }

  private async noticeReplay(within: Transaction<UmaTables>, handleDigest: string): Promise<void> {
    const used = await within
      .selectFrom('uma_ticket')
      .select('process_id')
      .where('handle_digest', '=', handleDigest)
      .where('consumed_ms', 'is not', null)
      .executeTakeFirst();
    if (used !== undefined) await this.closeProcess(within, used.process_id);
  }

  private async closeProcess(within: Transaction<UmaTables>, processId: string): Promise<void> {
    // First, because it waits for another transaction that still issues something in this process.
    await within
      .updateTable('uma_process')
      .set({ closed_ms: this.clock.nowMs() })
      .where('id', '=', processId)
      .execute();
    await within.deleteFrom('uma_rpt').where('process_id', '=', processId).execute();
  }
}

async function beginOrFindProcess(
  within: Transaction<UmaTables>,
  id: string,
  clientId: string,
): Promise<{ clientId: string; closed: boolean }> {
  const row = await within
    .insertInto('uma_process')
    .values({ id, client_id: clientId, closed_ms: null })
    // Changes nothing: it returns the row that is there, and holds it for this transaction.
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ id }))
    .returning(['client_id', 'closed_ms'])
    .executeTakeFirstOrThrow();
  return { clientId: row.client_id, closed: row.closed_ms !== null };
}

function ticketOf(row: Selectable<UmaTicketTable>): PermissionTicket {
  return {
    processId: row.process_id,
    pat: { ownerId: row.owner_id, resourceServer: row.resource_server },
    resourceIdentifier: row.resource_identifier ?? undefined,
    permissions: JSON.parse(row.permissions) as RequestedPermission[],
    ticketLifetimeSeconds: row.ticket_lifetime_seconds,
    rptLifetimeSeconds: row.rpt_lifetime_seconds,
  };
}
