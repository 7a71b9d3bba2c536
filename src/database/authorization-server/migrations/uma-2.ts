import type { Kysely, Migration } from 'kysely';

import type { SharingTables } from '../sharing.js';

/** A share as it was before it could be with anybody but one known person. */
interface PersonShare {
  id: string;
  owner_id: string;
  resource_id: string;
  grantee_issuer: string;
  grantee_subject: string;
  scopes: string;
  starts_ms: number | null;
  expires_ms: number | null;
  created_ms: number;
}

/**
 * The tables of the whole grant. Tickets and tokens, which live for minutes, begin anew: a client gets others by asking
 * again. Shares are kept.
 */
export const wholeGrantTables: Migration = {
  async up(kysely: Kysely<unknown>) {
    for (const table of ['uma_rpt_permission', 'uma_rpt', 'uma_ticket', 'uma_process']) {
      await kysely.schema.dropTable(table).execute();
    }
    await rebuildShare(kysely);
    await createSharing(kysely);
    await createTicket(kysely);
    await createRpt(kysely);
    await createRptPermission(kysely);
    await createPct(kysely);
    await createUsedClaimToken(kysely);
  },
};

async function rebuildShare(kysely: Kysely<unknown>): Promise<void> {
  const before = await (kysely as Kysely<{ share: PersonShare }>).selectFrom('share').selectAll().execute();
  await kysely.schema.dropTable('share').execute();
  await createShare(kysely);
  for (const { grantee_issuer: issuer, grantee_subject: subject, resource_id, ...share } of before) {
    await (kysely as Kysely<SharingTables>)
      .insertInto('share')
      .values({
        ...share,
        resource_id,
        target: resource_id,
        resource_type: null,
        grantee_kind: 'person',
        grantee_key: JSON.stringify([issuer, subject]),
        grantee: JSON.stringify({ kind: 'person', person: { issuer, subject } }),
        clients: null,
        purposes: null,
        paused: 0,
      })
      .execute();
  }
}

async function createShare({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('share')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('resource_id', 'text', (column) => column.references('uma_resource.id').onDelete('cascade'))
    .addColumn('resource_type', 'text')
    .addColumn('grantee_kind', 'text', (column) => column.notNull())
    .addColumn('grantee_key', 'text', (column) => column.notNull())
    .addColumn('grantee', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('clients', 'text')
    .addColumn('purposes', 'text')
    .addColumn('paused', 'integer', (column) => column.notNull())
    .addColumn('starts_ms', 'bigint')
    .addColumn('expires_ms', 'bigint')
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    // A decision finds the shares of its resources and its person by this index.
    .addUniqueConstraint('share_once', ['target', 'grantee_kind', 'grantee_key'])
    .execute();
  await schema.createIndex('share_of_owner').on('share').columns(['owner_id', 'created_ms']).execute();
  await schema.createIndex('share_of_resource').on('share').column('resource_id').execute();
}

async function createSharing({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('sharing_settings')
    .addColumn('owner_id', 'text', (column) => column.primaryKey())
    .addColumn('accepts_requests', 'integer', (column) => column.notNull())
    .addColumn('paused', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('blocked_person')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('blocked_once', ['owner_id', 'issuer', 'subject'])
    .execute();
  await schema
    .createTable('access_request')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_id', 'text', (column) => column.notNull().references('uma_resource.id').onDelete('cascade'))
    .addColumn('requester_issuer', 'text', (column) => column.notNull())
    .addColumn('requester_subject', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addColumn('refused_scopes', 'text', (column) => column.notNull())
    .addColumn('decided_ms', 'bigint')
    // Somebody has one request for a resource: what they ask for later joins it, or takes its place.
    .addUniqueConstraint('access_request_once', ['resource_id', 'requester_issuer', 'requester_subject'])
    .execute();
  await schema
    .createIndex('access_request_of_owner')
    .on('access_request')
    .columns(['owner_id', 'status', 'created_ms'])
    .execute();
}

async function createTicket({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_ticket')
    .addColumn('handle_digest', 'text', (column) => column.primaryKey())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_server', 'text', (column) => column.notNull())
    .addColumn('resource_identifier', 'text')
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('ticket_lifetime_seconds', 'integer', (column) => column.notNull())
    .addColumn('rpt_lifetime_seconds', 'integer', (column) => column.notNull())
    .addColumn('rpt_format', 'text', (column) => column.notNull())
    .addColumn('requires_resource', 'integer', (column) => column.notNull())
    .addColumn('progress', 'text')
    .addColumn('issued_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_ms', 'bigint', (column) => column.notNull())
    .addColumn('consumed_ms', 'bigint')
    .execute();
  await schema.createIndex('uma_ticket_of_process').on('uma_ticket').column('process_id').execute();
  await schema.createIndex('uma_ticket_by_expiry').on('uma_ticket').column('expires_ms').execute();
  await schema
    .createTable('uma_ticket_share')
    .addColumn('ticket_digest', 'text', (column) =>
      column.notNull().references('uma_ticket.handle_digest').onDelete('cascade'),
    )
    .addColumn('share_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('uma_ticket_share_key', ['share_id', 'ticket_digest'])
    .execute();
  await schema.createIndex('uma_ticket_share_of_ticket').on('uma_ticket_share').column('ticket_digest').execute();
}

async function createRpt({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_rpt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('token_id', 'text', (column) => column.notNull())
    .addColumn('handle_digest', 'text', (column) => column.notNull().unique())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_server', 'text', (column) => column.notNull())
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('subject_issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('key_thumbprint', 'text')
    .addColumn('narrowed_to', 'text')
    .addColumn('lifetime_seconds', 'integer', (column) => column.notNull())
    .addColumn('rpt_format', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('refresh_digest', 'text')
    .addColumn('former_refresh_digest', 'text')
    .addColumn('refresh_expires_at', 'bigint')
    .addColumn('ends_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('uma_rpt_of_process').on('uma_rpt').column('process_id').execute();
  await schema.createIndex('uma_rpt_by_end').on('uma_rpt').column('ends_at').execute();
  await schema
    .createIndex('uma_rpt_of_people')
    .on('uma_rpt')
    .columns(['owner_id', 'subject', 'subject_issuer'])
    .execute();
}

async function createRptPermission({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_rpt_permission')
    .addColumn('rpt_id', 'text', (column) => column.notNull().references('uma_rpt.id').onDelete('cascade'))
    .addColumn('resource_id', 'text', (column) => column.notNull().references('uma_resource.id').onDelete('cascade'))
    .addColumn('share_id', 'text', (column) => column.notNull().references('share.id').onDelete('cascade'))
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('ends_at', 'bigint')
    .addPrimaryKeyConstraint('uma_rpt_permission_key', ['rpt_id', 'resource_id', 'share_id'])
    .execute();
  await schema.createIndex('uma_rpt_permission_of_share').on('uma_rpt_permission').column('share_id').execute();
  await schema.createIndex('uma_rpt_permission_of_resource').on('uma_rpt_permission').column('resource_id').execute();
}

async function createPct({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_pct')
    .addColumn('handle_digest', 'text', (column) => column.primaryKey())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('process_id', 'text', (column) => column.notNull())
    .addColumn('subject_issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('progress', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('uma_pct_of_process').on('uma_pct').column('process_id').execute();
  await schema.createIndex('uma_pct_of_subject').on('uma_pct').columns(['subject', 'subject_issuer']).execute();
  await schema.createIndex('uma_pct_by_expiry').on('uma_pct').column('expires_at').execute();
  await schema
    .createTable('uma_pct_share')
    .addColumn('pct_digest', 'text', (column) =>
      column.notNull().references('uma_pct.handle_digest').onDelete('cascade'),
    )
    .addColumn('share_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('uma_pct_share_key', ['share_id', 'pct_digest'])
    .execute();
  await schema.createIndex('uma_pct_share_of_pct').on('uma_pct_share').column('pct_digest').execute();
}

async function createUsedClaimToken({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('used_claim_token')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('used_claim_token_by_expiry').on('used_claim_token').column('expires_at').execute();
}
