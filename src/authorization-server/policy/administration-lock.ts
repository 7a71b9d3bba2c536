import { type RawBuilder, sql, type Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Dialect } from '../../database/database.js';

/** Advisory locks belong to a whole database, which may have the tables of several servers in several schemas. */
const KEY = sql`hashtextextended(current_schema() || '.administration', 0)`;

/**
 * Keeps what administrators decide (scope policies, suspended accounts) as it is until a transaction ends, so that none
 * of them revokes tokens while another one is being issued on what held before. Decisions do not hold off each other.
 *
 * @returns `undefined` where there is nothing to wait for
 */
export function holdAdministration(within: Transaction<UmaTables>, dialect: Dialect): Promise<unknown> | undefined {
  return lock(within, dialect, sql`select pg_advisory_xact_lock_shared(${KEY})`);
}

/**
 * Waits until every transaction has ended that decided by what administrators had decided before, and holds off the next
 * ones until this one ends. Other than a row that every decision would lock, this lets no administrator starve.
 *
 * @returns `undefined` where there is nothing to wait for
 */
export function changeAdministration(within: Transaction<UmaTables>, dialect: Dialect): Promise<unknown> | undefined {
  return lock(within, dialect, sql`select pg_advisory_xact_lock(${KEY})`);
}

/** SQLite has one writer at a time, and transactions begin as such. */
function lock(
  within: Transaction<UmaTables>,
  dialect: Dialect,
  statement: RawBuilder<unknown>,
): Promise<unknown> | undefined {
  return dialect === 'postgres' ? statement.execute(within) : undefined;
}
