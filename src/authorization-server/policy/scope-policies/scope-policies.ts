import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';

import type { PolicyTables } from '../../../database/authorization-server/policies.js';
import type { UmaTables } from '../../../database/authorization-server/uma.js';
import { PreparedQuery } from '../../../database/prepared-query.js';
import { loadCedar } from './cedar.js';
import { ParsedPolicy } from './parsed-policy.js';
import { type ScopePolicy, scopePolicyOf } from './scope-policy.js';

type Tables = UmaTables & PolicyTables;
type PoliciesOfScopes = ReadonlyMap<string, readonly ParsedPolicy[]>;

const VERSION = new PreparedQuery<Tables, object, { readonly version: number }>((kysely) =>
  kysely.selectFrom('scope_policy_version').select('version').where('id', '=', 1),
);

/** All policies as they were at one version. */
interface Edition {
  readonly version: number;
  readonly parsed: readonly ParsedPolicy[];
  readonly ofScopes: PoliciesOfScopes;
}

/**
 * The scope policies in force, parsed and remembered by each instance until one of them changes: a decision reads no more
 * than one number for them.
 */
@Injectable()
export class ScopePolicies {
  private edition: Edition = { version: 0, parsed: [], ofScopes: new Map() };

  /**
   * The policies on each of some scopes, all of which have to permit; scopes without one are left out.
   *
   * @param within the transaction that acts on them
   */
  async on(scopes: readonly string[], within: Transaction<UmaTables>): Promise<PoliciesOfScopes> {
    const tables = within.withTables<Pick<PolicyTables, keyof PolicyTables>>();
    const row = await VERSION.first(tables, {});
    if (row === undefined) throw new Error('The scope policies have no version.');
    if (row.version !== this.edition.version) await this.renew(row.version, tables);
    const { ofScopes } = this.edition;
    return new Map(scopes.flatMap((scope) => entryOf(scope, ofScopes)));
  }

  /** What did not change stays parsed. */
  private async renew(version: number, tables: Kysely<Tables>): Promise<void> {
    const [cedar, policies] = [await loadCedar(), await allPolicies(tables)];
    // Nothing is waited for from here on: who comes in between finds one edition or the other.
    const before = this.edition.parsed;
    const parsed = policies.map(
      (policy) => before.find((one) => isSame(one.policy, policy)) ?? ParsedPolicy.parse(cedar, policy),
    );
    this.edition = { version, parsed, ofScopes: byScope(parsed) };
    for (const one of before) if (!parsed.includes(one)) one.release();
  }
}

/** All stored policies, the oldest first. */
export async function allPolicies(tables: Kysely<Tables>): Promise<readonly ScopePolicy[]> {
  const rows = await tables.selectFrom('scope_policy').selectAll().orderBy('created_ms').orderBy('id').execute();
  return rows.map(scopePolicyOf);
}

function byScope(parsed: readonly ParsedPolicy[]): PoliciesOfScopes {
  const ofScopes = new Map<string, ParsedPolicy[]>();
  for (const one of parsed) {
    for (const scope of one.policy.scopes) ofScopes.set(scope, [...(ofScopes.get(scope) ?? []), one]);
  }
  return ofScopes;
}

function entryOf(scope: string, ofScopes: PoliciesOfScopes): readonly [string, readonly ParsedPolicy[]][] {
  const policies = ofScopes.get(scope);
  return policies === undefined ? [] : [[scope, policies]];
}

function isSame(one: ScopePolicy, other: ScopePolicy): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
