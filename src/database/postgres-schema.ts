import { type Kysely, sql } from 'kysely';

const LOCK = sql.lit(7_302_114_409_513);

/**
 * Makes a PostgreSQL schema unless it is there. Under a lock, because `create schema if not exists` of two processes at
 * once fails in one of them, and it asks for the right to create even when nothing is to be created.
 */
export async function createSchema<Tables>(kysely: Kysely<Tables>, schema: string): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction);
    const { rows } = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(transaction);
    if (rows.length === 0) await transaction.schema.createSchema(schema).execute();
  });
}
