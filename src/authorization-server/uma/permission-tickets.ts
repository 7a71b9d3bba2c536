import { Inject, Injectable } from '@nestjs/common';
import { type Kysely, type RawBuilder, type Selectable, sql, type Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomHandle } from '../../common/randomness.js';
import { Sealer } from '../../common/sealing.js';
import type { UmaTables, UmaTicketTable } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { PreparedQuery, preparedInsert } from '../../database/prepared-query.js';
import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import type { RptFormat } from '../oidc/clients/client-metadata.js';
import type { Pat } from './pat.js';
import { type Progress, sealProgress, unsealProgress } from './progress.js';
import { TokenRevocation } from './token-revocation.js';
import { UMA_SEALER } from './uma-options.js';

/** What every permission ticket of one authorization process says: the process only hands it on. */
export interface TicketOrder {
  readonly processId: string;
  /** The owner and the resource server that asked for it. */
  readonly pat: Pat;
  /** The resource server's identifier, when it registered one. */
  readonly resourceIdentifier: string | undefined;
  readonly permissions: readonly RequestedPermission[];
  readonly ticketLifetimeSeconds: number;
  readonly rptLifetimeSeconds: number;
  readonly rptFormat: RptFormat;
  /** Whether the client has to say which resource server it means the token for. */
  readonly requiresResource: boolean;
}

/** A permission ticket that was presented. */
export interface PermissionTicket extends TicketOrder {
  /** What the process has learned before. */
  readonly progress: Progress;
  readonly issuedMs: number;
}

/** How a process goes on. */
export interface NextStep {
  /** The client that the process is bound to. */
  readonly clientId: string;
  readonly progress: Progress;
  /** How long the next ticket is good, when not as long as the others. */
  readonly lifetimeSeconds?: number;
}

const INSERT = preparedInsert<UmaTables, 'uma_ticket'>('uma_ticket', [
  ...(['handle_digest', 'process_id', 'client_id', 'owner_id', 'resource_server', 'resource_identifier'] as const),
  ...(['permissions', 'ticket_lifetime_seconds', 'rpt_lifetime_seconds', 'rpt_format', 'requires_resource'] as const),
  ...(['progress', 'issued_ms', 'expires_ms', 'consumed_ms'] as const),
]);

/** What a presented ticket is read from. */
const PRESENTED = [
  ...(['process_id', 'client_id', 'owner_id', 'resource_server', 'resource_identifier', 'permissions'] as const),
  ...(['ticket_lifetime_seconds', 'rpt_lifetime_seconds', 'rpt_format', 'requires_resource'] as const),
  ...(['progress', 'issued_ms'] as const),
] as const;

type PresentedRow = Pick<Selectable<UmaTicketTable>, (typeof PRESENTED)[number]>;

/** Of many presentations at once only one finds the ticket unused: SQLite has one writer at a time. */
const PRESENT = new PreparedQuery<UmaTables, { handleDigest: string; now: number }, PresentedRow>(
  (kysely, value, dialect) =>
    kysely
      .selectFrom('uma_ticket')
      .select(PRESENTED)
      .where('handle_digest', '=', value('handleDigest'))
      .where('consumed_ms', 'is', null)
      .where('expires_ms', '>', value('now'))
      .$if(dialect === 'postgres', (query) => query.forUpdate()),
);

/** What the process has learned leaves the ticket for the next one: a used one is remembered, but not people's claims. */
const CONSUME = new PreparedQuery<UmaTables, { handleDigest: string; now: number }, unknown>((kysely, value) =>
  kysely
    .updateTable('uma_ticket')
    .set({ consumed_ms: value('now'), progress: null })
    .where('handle_digest', '=', value('handleDigest')),
);

/** Advisory locks belong to a whole database, which may have the tables of several servers in several schemas. */
const lockProcess = (id: string): RawBuilder<unknown> =>
  sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.process.' || ${id}, 0))`;

/**
 * Permission tickets: unguessable handles, stored as digests, each good for one presentation.
 *
 * @see UMA 2.0 Grant sections 5.4 and 5.5
 */
@Injectable()
export class PermissionTickets {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly revocation: TokenRevocation,
    @Inject(UMA_SEALER) private readonly sealer: Sealer,
  ) {}

  /** Begins an authorization process. @returns the handle of its first ticket, which any client may present */
  begin(within: Kysely<UmaTables>, order: TicketOrder): Promise<string> {
    return this.insert(within, order, {
      client_id: null,
      progress: null,
      lifetimeSeconds: order.ticketLifetimeSeconds,
    });
  }

  /** Goes on with a process whose ticket was presented. @returns the handle of its next ticket */
  async goOn(within: Transaction<UmaTables>, ticket: PermissionTicket, next: NextStep): Promise<string> {
    const { clientId, progress, lifetimeSeconds = ticket.ticketLifetimeSeconds } = next;
    const sealed = sealProgress(this.sealer, progress);
    const handle = await this.insert(within, ticket, { client_id: clientId, progress: sealed, lifetimeSeconds });
    if (progress.shareIds.length > 0) {
      const rows = progress.shareIds.map((share_id) => ({ ticket_digest: digest(handle), share_id }));
      await within.insertInto('uma_ticket_share').values(rows).execute();
    }
    return handle;
  }

  /**
   * Consumes a ticket, whose process is the client's from then on.
   *
   * @returns `undefined` when the ticket is good for nothing: unknown, expired, used, or of another client; when an
   * authenticated client presented it, {@link noticeMisuse} has to be told once the transaction has ended
   */
  async consume(
    within: Transaction<UmaTables>,
    handle: string,
    clientId: string,
  ): Promise<PermissionTicket | undefined> {
    const presented = { handleDigest: digest(handle), now: this.clock.nowMs() };
    const row = await PRESENT.first(within, presented);
    if (row === undefined) return undefined;
    await CONSUME.execute(within, presented);
    return row.client_id === null || row.client_id === clientId ? this.ticketOf(row) : undefined;
  }

  /**
   * Looks at a ticket that a client presented in vain. A second presentation, or another client's, is a sign of theft: it
   * closes the process and revokes what came out of it. A browser's is none: anybody can open an address, under whatever
   * client's name, and people send forms twice. This is a transaction of its own: the one of the presentation
   * may still hold the ticket, for which whoever closes the process at the same moment waits.
   *
   * @see UMA 2.0 Grant section 5.5
   */
  async noticeMisuse(handle: string): Promise<void> {
    const used = await this.database.kysely
      .selectFrom('uma_ticket')
      .select('process_id')
      .where('handle_digest', '=', digest(handle))
      .where('consumed_ms', 'is not', null)
      .executeTakeFirst();
    if (used === undefined) return;
    await this.database.transaction((within) => this.closeProcess(within, used.process_id));
  }

  /** Looks at a ticket without consuming it; `undefined` when it is good for nothing. */
  async peek(handle: string, clientId: string): Promise<PermissionTicket | undefined> {
    const row = await this.database.kysely
      .selectFrom('uma_ticket')
      .select(PRESENTED)
      .where('handle_digest', '=', digest(handle))
      .where('client_id', '=', clientId)
      .where('consumed_ms', 'is', null)
      .where('expires_ms', '>', this.clock.nowMs())
      .executeTakeFirst();
    return row && this.ticketOf(row);
  }

  private async insert(
    within: Kysely<UmaTables>,
    order: TicketOrder,
    step: { client_id: string | null; progress: string | null; lifetimeSeconds: number },
  ): Promise<string> {
    const [handle, now] = [randomHandle(), this.clock.nowMs()];
    const { lifetimeSeconds, ...columns } = step;
    await INSERT.execute(within, {
      handle_digest: digest(handle),
      process_id: order.processId,
      owner_id: order.pat.ownerId,
      resource_server: order.pat.resourceServer,
      resource_identifier: order.resourceIdentifier ?? null,
      permissions: JSON.stringify(order.permissions),
      ticket_lifetime_seconds: order.ticketLifetimeSeconds,
      rpt_lifetime_seconds: order.rptLifetimeSeconds,
      rpt_format: order.rptFormat,
      requires_resource: order.requiresResource ? 1 : 0,
      issued_ms: now,
      expires_ms: now + lifetimeSeconds * 1000,
      consumed_ms: null,
      ...columns,
    });
    return handle;
  }

  private async closeProcess(within: Transaction<UmaTables>, processId: string): Promise<void> {
    // One at a time: whoever begins later sees tickets that the other does not, and would hold them in another order.
    if (this.database.dialect === 'postgres') await lockProcess(processId).execute(within);
    // Before anything changes, because it waits for another transaction that still issues something in this process.
    await within
      .selectFrom('uma_ticket')
      .select('handle_digest')
      .where('process_id', '=', processId)
      .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
      .execute();
    await within
      .deleteFrom('uma_ticket')
      .where('process_id', '=', processId)
      .where('consumed_ms', 'is', null)
      .execute();
    await this.revocation.ofProcess(within, processId);
  }

  private ticketOf(row: PresentedRow): PermissionTicket {
    return {
      processId: row.process_id,
      pat: { ownerId: row.owner_id, resourceServer: row.resource_server },
      resourceIdentifier: row.resource_identifier ?? undefined,
      permissions: JSON.parse(row.permissions) as RequestedPermission[],
      ticketLifetimeSeconds: row.ticket_lifetime_seconds,
      rptLifetimeSeconds: row.rpt_lifetime_seconds,
      rptFormat: row.rpt_format,
      requiresResource: row.requires_resource === 1,
      progress: unsealProgress(this.sealer, row.progress),
      issuedMs: row.issued_ms,
    };
  }
}
