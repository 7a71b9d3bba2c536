import type { Selectable } from 'kysely';

import type { ScopePolicyTable } from '../../../database/authorization-server/policies.js';

/** A policy that restricts who may have some scopes, whatever is shared. */
export interface ScopePolicy {
  readonly id: string;
  /** What administrators call it. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Its text, in the Cedar policy language. */
  readonly cedar: string;
  readonly createdMs: number;
  readonly changedMs: number;
}

/** Reads a stored policy. */
export function scopePolicyOf(row: Selectable<ScopePolicyTable>): ScopePolicy {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as string[],
    cedar: row.cedar,
    createdMs: row.created_ms,
    changedMs: row.changed_ms,
  };
}
