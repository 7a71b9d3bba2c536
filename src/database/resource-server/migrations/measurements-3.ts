import { type Kysely, type Migration, sql } from 'kysely';

/** Samples get a place in the order in which those of their resource were stored, so that whoever follows misses none. */
export const positionTables: Migration = {
  async up(kysely: Kysely<unknown>) {
    const { schema } = kysely;
    await schema
      .alterTable('heart_rate_sample')
      .addColumn('position', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await sql`update heart_rate_sample set position = numbered.position
      from (
        select sensor_id, sensor_ms,
          row_number() over (partition by resource_id order by received_ms, recorded_ms, sensor_id) as position
        from heart_rate_sample
      ) as numbered
      where numbered.sensor_id = heart_rate_sample.sensor_id and numbered.sensor_ms = heart_rate_sample.sensor_ms`.execute(
      kysely,
    );
    await schema
      .createIndex('heart_rate_sample_by_position')
      .on('heart_rate_sample')
      .columns(['resource_id', 'position'])
      .unique()
      .execute();
    await schema
      .createTable('heart_rate_position')
      .addColumn('resource_id', 'text', (column) => column.primaryKey())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .execute();
    await sql`insert into heart_rate_position (resource_id, position)
      select resource_id, max(position) from heart_rate_sample group by resource_id`.execute(kysely);
  },
};
