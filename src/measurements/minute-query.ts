import { type Kysely, sql } from 'kysely';

import { PreparedQuery } from '../database/prepared-query.js';
import type { HeartRateMinuteTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { readVariability } from './heart-rate-variability.js';
import { type Minute, type MinuteRange, MINUTES_AT_ONCE } from './minute.js';

const FIGURES = ['count', 'sum', 'min', 'max', 'variability'] as const;

/** The columns that figures are read from. */
type Source = Readonly<Record<(typeof FIGURES)[number], keyof HeartRateMinuteTable>>;

/** The first minutes of a range, in their order, and when those begin whose variability is out of date. */
export interface FoundMinutes {
  readonly minutes: readonly Minute[];
  readonly stale: readonly number[];
}

/** A column as a JSON array: text from SQLite; from PostgreSQL an array, or null when there are no rows. */
type Column<Value> = string | readonly Value[] | null;

interface Columns {
  readonly minute_ms: Column<number>;
  readonly count: Column<number>;
  readonly sum: Column<number>;
  readonly min: Column<number>;
  readonly max: Column<number>;
  readonly variability: Column<string | null>;
  readonly is_stale: Column<number>;
}

/**
 * Reads minutes, {@link MINUTES_AT_ONCE} at most. The database gives each column as one array: to hand a day over value by
 * value takes libsql longer than to find it.
 */
export class MinuteQuery {
  private readonly query: PreparedQuery<MeasurementTables, MinuteRange, Columns>;

  /** @param source of which minutes are passed over that have a count of 0 */
  constructor(source: Source) {
    this.query = new PreparedQuery((kysely, value, dialect) => {
      const rows = kysely
        .selectFrom('heart_rate_minute')
        .select('minute_ms')
        .select(FIGURES.map((name) => sql.ref(source[name]).as(name)))
        .select(sql`case when variability_samples = rr_samples then 0 else 1 end`.as('is_stale'))
        .where('resource_id', '=', value('resourceId'))
        .where('minute_ms', '>=', value('fromMs'))
        .where('minute_ms', '<', value('toMs'))
        .where(source.count, '>', 0)
        .orderBy('minute_ms')
        .limit(MINUTES_AT_ONCE);
      const array = sql.raw(dialect === 'postgres' ? 'json_agg' : 'json_group_array');
      return kysely
        .selectFrom(rows.as('minute'))
        .select(
          (['minute_ms', ...FIGURES, 'is_stale'] as const).map((name) => sql`${array}(${sql.ref(name)})`.as(name)),
        )
        .$castTo<Columns>();
    });
  }

  async find(kysely: Kysely<MeasurementTables>, range: MinuteRange): Promise<FoundMinutes> {
    const found = await this.query.first(kysely, range);
    const starts = valuesOf(found?.minute_ms);
    const [counts, sums] = [valuesOf(found?.count), valuesOf(found?.sum)];
    const [least, greatest] = [valuesOf(found?.min), valuesOf(found?.max)];
    const [variabilities, areStale] = [valuesOf(found?.variability), valuesOf(found?.is_stale)];
    const minutes = starts.map((minuteMs, index) => ({
      minuteMs,
      count: counts[index] ?? 0,
      sum: sums[index] ?? 0,
      min: least[index] ?? 0,
      max: greatest[index] ?? 0,
      variability: readVariability(variabilities[index] ?? null),
    }));
    return { minutes, stale: starts.filter((_start, index) => areStale[index] === 1) };
  }
}

function valuesOf<Value>(column: Column<Value> = null): readonly Value[] {
  return typeof column === 'string' ? (JSON.parse(column) as readonly Value[]) : (column ?? []);
}
