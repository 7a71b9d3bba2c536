import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Samples get what sensors tell beside the heart rate, and the time by the sensor's own clock, which makes them unique from
 * now on. Minutes are added up. An instance of before cannot work with these tables.
 */
export const sensorTimeTables: Migration = {
  async up(kysely: Kysely<unknown>) {
    await createSample(kysely);
    await createMinute(kysely);
  },
};

async function createSample(kysely: Kysely<unknown>): Promise<void> {
  const { schema } = kysely;
  await schema.alterTable('heart_rate_sample').renameTo('heart_rate_sample_before').execute();
  await schema
    .createTable('heart_rate_sample')
    .addColumn('resource_id', 'text', (column) => column.notNull())
    .addColumn('recorded_ms', 'bigint', (column) => column.notNull())
    .addColumn('sensor_id', 'text', (column) => column.notNull())
    .addColumn('sensor_ms', 'bigint', (column) => column.notNull())
    .addColumn('heart_rate', 'integer', (column) => column.notNull())
    .addColumn('rr_intervals', 'text')
    .addColumn('contact', 'integer')
    .addColumn('energy_kj', 'integer')
    .addColumn('received_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('heart_rate_sample_of_sensor', ['sensor_id', 'sensor_ms'])
    .execute();
  await sql`insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, received_ms)
    select resource_id, recorded_ms, sensor_id, recorded_ms, heart_rate, received_ms
    from heart_rate_sample_before`.execute(kysely);
  await schema.dropTable('heart_rate_sample_before').execute();
  await schema
    .createIndex('heart_rate_sample_of_resource')
    .on('heart_rate_sample')
    .columns(['resource_id', 'recorded_ms'])
    .execute();
}

async function createMinute(kysely: Kysely<unknown>): Promise<void> {
  await kysely.schema
    .createTable('heart_rate_minute')
    .addColumn('resource_id', 'text', (column) => column.notNull())
    .addColumn('minute_ms', 'bigint', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('sum', 'bigint', (column) => column.notNull())
    .addColumn('min', 'integer', (column) => column.notNull())
    .addColumn('max', 'integer', (column) => column.notNull())
    .addColumn('rr_samples', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('variability_samples', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('variability', 'text')
    .addColumn('shown_count', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('shown_sum', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('shown_min', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('shown_max', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('shown_variability_samples', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('shown_variability', 'text')
    .addPrimaryKeyConstraint('heart_rate_minute_key', ['resource_id', 'minute_ms'])
    .execute();
  await sql`insert into heart_rate_minute (resource_id, minute_ms, count, sum, min, max)
    select resource_id, recorded_ms / 60000 * 60000, count(*), sum(heart_rate), min(heart_rate), max(heart_rate)
    from heart_rate_sample group by 1, 2`.execute(kysely);
}
