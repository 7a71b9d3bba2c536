import type { Kysely, Migration } from 'kysely';

/**
 * Tables of user-managed access: what is protected, what was asked for, what was given, and who shares what with whom.
 * Columns that end in `_ms` are milliseconds, those that end in `_at` seconds since the Unix epoch.
 */
export interface UmaTables {
  uma_resource: UmaResourceTable;
  uma_ticket: UmaTicketTable;
  uma_process: UmaProcessTable;
  uma_rpt: UmaRptTable;
  uma_rpt_permission: UmaRptPermissionTable;
  share: ShareTable;
}

/** A registered resource; it belongs to one owner and one resource server. */
export interface UmaResourceTable {
  id: string;
  owner_id: string;
  /** Client id of the resource server. */
  resource_server: string;
  /** The description as it was registered, a JSON object. */
  description: string;
  created_ms: number;
}

/** A permission ticket. A consumed one is kept for a while, so that its second presentation is noticed. */
export interface UmaTicketTable {
  handle_digest: string;
  /** Ties the tickets of one authorization process; the process itself begins at the first presentation. */
  process_id: string;
  owner_id: string;
  /** Client id of the resource server that asked. */
  resource_server: string;
  /** The resource server's identifier, the audience of what is issued. */
  resource_identifier: string | null;
  /** The requested permissions, a JSON array. */
  permissions: string;
  ticket_lifetime_seconds: number;
  rpt_lifetime_seconds: number;
  expires_ms: number;
  consumed_ms: number | null;
}

/** An authorization process, bound to the client that presented its first ticket. */
export interface UmaProcessTable {
  id: string;
  client_id: string;
  closed_ms: number | null;
}

/** A requesting party token (RPT); a revoked one is deleted. */
export interface UmaRptTable {
  id: string;
  handle_digest: string;
  process_id: string;
  owner_id: string;
  resource_server: string;
  audience: string;
  client_id: string;
  subject_issuer: string;
  subject: string;
  issued_at: number;
  expires_at: number;
}

/** What an RPT permits on one resource, and the share it rests on. */
export interface UmaRptPermissionTable {
  rpt_id: string;
  resource_id: string;
  share_id: string;
  /** A JSON array of scopes. */
  scopes: string;
  expires_at: number;
}

/** An owner's decision to let one person have some scopes of one resource. */
export interface ShareTable {
  id: string;
  owner_id: string;
  resource_id: string;
  grantee_issuer: string;
  grantee_subject: string;
  /** A JSON array of scopes. */
  scopes: string;
  starts_ms: number | null;
  expires_ms: number | null;
  created_ms: number;
}

/** Migrations of {@link UmaTables}. */
export const umaMigrations: Record<string, Migration> = {
  '2026-11-22-uma-1': {
    async up(kysely: Kysely<unknown>) {
      await createResource(kysely);
      await createShare(kysely);
      await createTicket(kysely);
      await createProcess(kysely);
      await createRpt(kysely);
      await createRptPermission(kysely);
    },
  },
};

async function createResource({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_resource')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_server', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('uma_resource_of_owner')
    .on('uma_resource')
    .columns(['owner_id', 'resource_server', 'created_ms'])
    .execute();
}

async function createShare({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('share')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_id', 'text', (column) => column.notNull().references('uma_resource.id').onDelete('cascade'))
    .addColumn('grantee_issuer', 'text', (column) => column.notNull())
    .addColumn('grantee_subject', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('starts_ms', 'bigint')
    .addColumn('expires_ms', 'bigint')
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    // A decision finds the shares of its resources and its person by this index.
    .addUniqueConstraint('share_once', ['resource_id', 'grantee_issuer', 'grantee_subject'])
    .execute();
  await schema.createIndex('share_of_owner').on('share').columns(['owner_id', 'created_ms']).execute();
}

async function createTicket({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_ticket')
    .addColumn('handle_digest', 'text', (column) => column.primaryKey())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_server', 'text', (column) => column.notNull())
    .addColumn('resource_identifier', 'text')
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('ticket_lifetime_seconds', 'integer', (column) => column.notNull())
    .addColumn('rpt_lifetime_seconds', 'integer', (column) => column.notNull())
    .addColumn('expires_ms', 'bigint', (column) => column.notNull())
    .addColumn('consumed_ms', 'bigint')
    .execute();
  await schema.createIndex('uma_ticket_of_process').on('uma_ticket').column('process_id').execute();
  await schema.createIndex('uma_ticket_by_expiry').on('uma_ticket').column('expires_ms').execute();
}

async function createProcess({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_process')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('closed_ms', 'bigint')
    .execute();
}

async function createRpt({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_rpt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('handle_digest', 'text', (column) => column.notNull().unique())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_server', 'text', (column) => column.notNull())
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('subject_issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('uma_rpt_of_process').on('uma_rpt').column('process_id').execute();
  await schema.createIndex('uma_rpt_by_expiry').on('uma_rpt').column('expires_at').execute();
}

async function createRptPermission({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_rpt_permission')
    .addColumn('rpt_id', 'text', (column) => column.notNull().references('uma_rpt.id').onDelete('cascade'))
    .addColumn('resource_id', 'text', (column) => column.notNull().references('uma_resource.id').onDelete('cascade'))
    .addColumn('share_id', 'text', (column) => column.notNull().references('share.id').onDelete('cascade'))
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('uma_rpt_permission_key', ['rpt_id', 'resource_id'])
    .execute();
  await schema.createIndex('uma_rpt_permission_of_share').on('uma_rpt_permission').column('share_id').execute();
  await schema.createIndex('uma_rpt_permission_of_resource').on('uma_rpt_permission').column('resource_id').execute();
}
