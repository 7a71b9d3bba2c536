import type { Migration } from 'kysely';

/** Tables of the client room: what each person opened, and the requesting party tokens they were given. */
export interface ClientTables {
  access_run: AccessRunTable;
  rpt: RptTable;
}

/** What somebody opened by its link. */
export interface AccessRunTable {
  id: string;
  person_issuer: string;
  person_subject: string;
  /** URL of the protected resource. */
  resource: string;
  opened_ms: number;
}

interface RptTable {
  /** Digest of person, authorization server, resource server and resource. */
  key: string;
  /** The token with what is known of it, sealed. */
  sealed: string;
  expires_ms: number | null;
}

/** Migrations of {@link ClientTables}. */
export const clientMigrations: Record<string, Migration> = {
  '2026-11-22-client-1': {
    async up(kysely) {
      await kysely.schema
        .createTable('access_run')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person_issuer', 'text', (column) => column.notNull())
        .addColumn('person_subject', 'text', (column) => column.notNull())
        .addColumn('resource', 'text', (column) => column.notNull())
        .addColumn('opened_ms', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('access_run_once', ['person_issuer', 'person_subject', 'resource'])
        .execute();
      await kysely.schema
        .createTable('rpt')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_ms', 'bigint')
        .execute();
    },
  },
};
