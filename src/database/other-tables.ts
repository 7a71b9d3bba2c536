import type { Transaction } from 'kysely';

/** The same transaction for other tables of its database. Kysely's types tell the two apart, nothing else does. */
export function onTables<Tables>(within: { readonly isTransaction: true }): Transaction<Tables> {
  return within as Transaction<Tables>;
}
