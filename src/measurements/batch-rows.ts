import { type RawBuilder, sql } from 'kysely';

import type { Dialect } from '../database/database.js';

/** Columns of a batch by their names: the type of each in PostgreSQL, and what a row has there. */
export type BatchColumns<Row> = Readonly<Record<string, BatchColumn<Row>>>;

interface BatchColumn<Row> {
  readonly type: 'text' | 'bigint' | 'integer' | 'double precision';
  readonly of: (row: Row) => string | number | null;
}

/**
 * Rows as a query, whose text and number of parameters never change with how many there are: an array for each column on
 * PostgreSQL, one JSON document on SQLite.
 */
export function batchRows<Row>(
  dialect: Dialect,
  columns: BatchColumns<Row>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  return dialect === 'postgres' ? unnested(columns, rows) : fromJson(columns, rows);
}

/** The names of columns, for the statement around. @param of the name of the rows, where others are there too */
export function namesOf<Row>(columns: BatchColumns<Row>, of?: string): RawBuilder<unknown> {
  const names = Object.keys(columns);
  return sql.raw((of === undefined ? names : names.map((name) => `${of}.${name}`)).join(', '));
}

function unnested<Row>(columns: BatchColumns<Row>, rows: readonly Row[]): RawBuilder<unknown> {
  const arrays = Object.values(columns).map(({ type, of }) => {
    const array = `{${rows.map((row) => JSON.stringify(of(row))).join()}}`;
    return sql`${array}::${sql.raw(type)}[]`;
  });
  return sql`select * from unnest(${sql.join(arrays)}) as batch (${namesOf(columns)})`;
}

function fromJson<Row>(columns: BatchColumns<Row>, rows: readonly Row[]): RawBuilder<unknown> {
  const values = Object.values(columns);
  const document = JSON.stringify(rows.map((row) => values.map(({ of }) => of(row))));
  const named = Object.keys(columns).map((name, index) => `value ->> ${index} as ${name}`);
  // "where true" keeps SQLite from reading an "on conflict" that follows as the condition of a join.
  return sql`select ${sql.raw(named.join(', '))} from json_each(${document}) where true`;
}
