import type { Kysely, Migration } from 'kysely';

/**
 * What is kept behind a PCT gets an id that stays while one PCT takes the place of another. PCTs last for a day, and begin
 * anew: people are asked once more. An instance of before cannot work with these tables: it cannot even end a share, so that
 * all of them are stopped first.
 */
export const lastingPctTables: Migration = {
  async up(kysely: Kysely<unknown>) {
    await kysely.schema.dropTable('uma_pct_share').execute();
    await kysely.schema.dropTable('uma_pct').execute();
    await createPct(kysely);
    await createPctShare(kysely);
  },
};

async function createPct({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_pct')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('handle_digest', 'text', (column) => column.notNull().unique())
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
}

async function createPctShare({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('uma_pct_share')
    .addColumn('pct_id', 'text', (column) => column.notNull().references('uma_pct.id').onDelete('cascade'))
    .addColumn('share_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('uma_pct_share_key', ['share_id', 'pct_id'])
    .execute();
  await schema.createIndex('uma_pct_share_of_pct').on('uma_pct_share').column('pct_id').execute();
}
