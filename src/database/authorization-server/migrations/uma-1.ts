import type { Kysely, Migration } from 'kysely';

/** The first form of the tables of user-managed access. */
export const firstUmaTables: Migration = {
  async up(kysely: Kysely<unknown>) {
    await createResource(kysely);
    await createShare(kysely);
    await createTicket(kysely);
    await createProcess(kysely);
    await createRpt(kysely);
    await createRptPermission(kysely);
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
