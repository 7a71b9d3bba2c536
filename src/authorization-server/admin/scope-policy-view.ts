import type { ScopePolicy } from '../policy/scope-policies/scope-policy.js';

/** A scope policy as administrators see it; times are RFC 3339, in UTC. */
export class ScopePolicyView {
  readonly id!: string;
  readonly name!: string;
  readonly scopes!: string[];
  readonly cedar!: string;
  readonly createdAt!: string;
  readonly changedAt!: string;
}

/** Writes a policy for the API. */
export function viewOf({ id, name, scopes, cedar, createdMs, changedMs }: ScopePolicy): ScopePolicyView {
  return {
    id,
    name,
    scopes: [...scopes],
    cedar,
    createdAt: new Date(createdMs).toISOString(),
    changedAt: new Date(changedMs).toISOString(),
  };
}
