import { type Kysely, type Migration, sql } from 'kysely';

/** Tables of the administrator's policies. Columns that end in `_ms` are milliseconds since the Unix epoch. */
export interface PolicyTables {
  scope_policy: ScopePolicyTable;
  scope_policy_version: ScopePolicyVersionTable;
}

/** A policy that restricts who may have some scopes, whatever is shared. */
export interface ScopePolicyTable {
  id: string;
  /** What administrators call it; no two are called the same. */
  name: string;
  /** The scopes that it restricts, a JSON array. */
  scopes: string;
  /** Its text, in the Cedar policy language. */
  cedar: string;
  created_ms: number;
  changed_ms: number;
}

/** One row that counts the changes of all policies, so that every instance notices when what it remembers is old. */
export interface ScopePolicyVersionTable {
  /** Always 1. */
  id: number;
  version: number;
}

/** Migrations of {@link PolicyTables}. They come after those of the tables that tokens are in. */
export const policyMigrations: Record<string, Migration> = {
  '2026-11-27-policies-1': {
    async up(kysely: Kysely<unknown>) {
      await createScopePolicy(kysely);
      await createVersion(kysely);
      await indexTokensByPerson(kysely);
    },
  },
};

async function createScopePolicy({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('scope_policy')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('cedar', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addColumn('changed_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createVersion(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('scope_policy_version')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .execute();
  await sql`insert into scope_policy_version (id, version) values (1, 0)`.execute(kysely);
}

/** Who is suspended loses what they have of every owner's resources. */
async function indexTokensByPerson({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('uma_rpt_of_subject').on('uma_rpt').columns(['subject', 'subject_issuer']).execute();
}
