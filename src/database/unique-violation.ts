const CODES: ReadonlySet<unknown> = new Set([
  '23505', // PostgreSQL: unique_violation, primary keys included
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
]);

/** Tells whether a query failed because the row it wanted to write is there already, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && CODES.has(error.code);
}
