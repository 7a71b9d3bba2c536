import {
  type DatabaseIntrospector,
  type DatabaseMetadata,
  type Kysely,
  type SchemaMetadata,
  sql,
  type TableMetadata,
} from 'kysely';

/**
 * Tells the migrator which tables there are, in this process's schema alone. Kysely's own looks at every column of every
 * schema: slow on a server that others share, and it fails when one of their schemas is dropped meanwhile.
 */
export class OwnSchemaIntrospector implements DatabaseIntrospector {
  constructor(
    private readonly kysely: Kysely<unknown>,
    private readonly schema: string,
  ) {}

  async getSchemas(): Promise<SchemaMetadata[]> {
    const { rows } = await sql<SchemaMetadata>`
      select nspname as name from pg_namespace where nspname = ${this.schema}`.execute(this.kysely);
    return rows;
  }

  /** Names only: the migrator asks for no more. */
  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ readonly name: string }>`
      select tablename as name from pg_tables where schemaname = ${this.schema}`.execute(this.kysely);
    return rows.map(({ name }) => ({ name, schema: this.schema, isView: false, columns: [] }));
  }

  async getMetadata(): Promise<DatabaseMetadata> {
    return { tables: await this.getTables() };
  }
}
