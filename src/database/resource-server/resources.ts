import type { Kysely, Migration } from 'kysely';

/** The heart rate of one owner, and its registration at the owner's authorization server. */
export interface ResourceTable {
  /** Our own identifier, the one in our URLs; it outlives every registration. */
  readonly id: string;
  readonly owner_issuer: string;
  readonly owner_subject: string;
  /** What the owner is called at sign-in, when the authorization server tells. */
  readonly owner_name: string | null;
  /** `_id` at the authorization server; null while the resource is not registered. */
  readonly uma_resource_id: string | null;
  /** Where the owner decides who may see the resource, when the authorization server tells. */
  readonly policy_uri: string | null;
  /** Name under which it is registered. */
  readonly name: string;
  /** Scopes under which it is registered, separated by spaces. */
  readonly scopes: string;
  readonly created_ms: number;
}

/** The tables of the resources room. */
export interface ResourceTables {
  readonly resource: ResourceTable;
}

/** What makes {@link ResourceTables}. */
export const resourceMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-22-resources-1': { up: createTables },
};

async function createTables(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('resource')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner_issuer', 'text', (column) => column.notNull())
    .addColumn('owner_subject', 'text', (column) => column.notNull())
    .addColumn('owner_name', 'text')
    .addColumn('uma_resource_id', 'text')
    .addColumn('policy_uri', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('created_ms', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('resource_of_owner', ['owner_issuer', 'owner_subject'])
    .execute();
}
