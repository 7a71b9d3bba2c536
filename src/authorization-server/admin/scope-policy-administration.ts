import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { randomId } from '../../common/randomness.js';
import type { PolicyTables } from '../../database/authorization-server/policies.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { changeAdministration } from '../policy/administration-lock.js';
import { faultsOf } from '../policy/scope-policies/policy-check.js';
import { allPolicies } from '../policy/scope-policies/scope-policies.js';
import { type ScopePolicy, scopePolicyOf } from '../policy/scope-policies/scope-policy.js';
import { TokenRevocation } from '../uma/token-revocation.js';
import { PolicyRefusal } from './policy-refusal.js';
import { SCOPE } from './scope-policy.dto.js';

/** What an administrator says about a policy. */
export type PolicyDraft = Pick<ScopePolicy, 'name' | 'scopes' | 'cedar'>;

type Tables = UmaTables & PolicyTables;

/**
 * Makes, changes and deletes scope policies. What may restrict more than before revokes, in the same transaction, every
 * token with these scopes; clients ask again, and the policies decide.
 *
 * @see UMA 2.0 Grant section 6.1
 */
@Injectable()
export class ScopePolicyAdministration {
  constructor(
    private readonly database: Database<Tables>,
    private readonly clock: Clock,
    private readonly revocation: TokenRevocation,
  ) {}

  /** All policies, the oldest first. */
  list(): Promise<readonly ScopePolicy[]> {
    return allPolicies(this.database.kysely);
  }

  /** @throws UmaError `not_found` when there is no such policy */
  async read(id: string): Promise<ScopePolicy> {
    const row = await this.database.kysely
      .selectFrom('scope_policy')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw noSuchPolicy();
    return scopePolicyOf(row);
  }

  /** @throws PolicyRefusal when the text is not a policy on these scopes; UmaError `conflict` when the name is taken */
  async create(draft: PolicyDraft): Promise<ScopePolicy> {
    const terms = checked(draft);
    const now = this.clock.nowMs();
    return this.change(async (within) => {
      await refuseTakenName(within, terms.name);
      const row = { id: randomId(), ...columnsOf(terms), created_ms: now, changed_ms: now };
      await within.insertInto('scope_policy').values(row).execute();
      await this.revoke(within, terms.scopes);
      return scopePolicyOf(row);
    });
  }

  /** @throws PolicyRefusal and UmaError as {@link create} does, and `not_found` */
  async replace(id: string, draft: PolicyDraft): Promise<ScopePolicy> {
    const terms = checked(draft);
    return this.change(async (within) => {
      const before = await within.selectFrom('scope_policy').selectAll().where('id', '=', id).executeTakeFirst();
      if (before === undefined) throw noSuchPolicy();
      await refuseTakenName(within, terms.name, id);
      const changed = { ...columnsOf(terms), changed_ms: this.clock.nowMs() };
      await within.updateTable('scope_policy').set(changed).where('id', '=', id).execute();
      await this.revoke(within, restrictedAnew(scopePolicyOf(before), terms));
      return scopePolicyOf({ ...before, ...changed });
    });
  }

  /** Deletes a policy; nobody has less than before. @throws UmaError `not_found` */
  async remove(id: string): Promise<void> {
    await this.change(async (within) => {
      const { numDeletedRows } = await within.deleteFrom('scope_policy').where('id', '=', id).executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) throw noSuchPolicy();
    });
  }

  /** Waits for the decisions that are being acted on, and lets every instance notice that policies have changed. */
  private change<Result>(work: (within: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.database.transaction(async (within) => {
      await changeAdministration(within, this.database.dialect);
      const result = await work(within);
      await within
        .updateTable('scope_policy_version')
        .set({ version: sql`version + 1` })
        .execute();
      return result;
    });
  }

  private async revoke(within: Transaction<Tables>, scopes: readonly string[]): Promise<void> {
    if (scopes.length > 0) await this.revocation.ofScopes(within, scopes);
  }
}

/** Forms end lines their own way. */
function checked(draft: PolicyDraft): PolicyDraft {
  const [name, cedar] = [draft.name.trim(), draft.cedar.replace(/\r\n?/g, '\n')];
  if (name === '') throw new UmaError('invalid_request', 'The policy needs a name.');
  if (draft.scopes.length === 0 || !draft.scopes.every((scope) => SCOPE.test(scope))) {
    throw new UmaError('invalid_request', 'The policy needs scopes: printable ASCII without quotation marks.');
  }
  const faults = faultsOf(cedar, draft.scopes);
  if (faults.length > 0) throw new PolicyRefusal(faults);
  return { name, scopes: draft.scopes, cedar };
}

/** The scopes that a policy may restrict more than it did. */
function restrictedAnew(before: PolicyDraft, after: PolicyDraft): readonly string[] {
  return before.cedar === after.cedar ? missingScopes(after.scopes, before.scopes) : after.scopes;
}

async function refuseTakenName(within: Transaction<Tables>, name: string, exceptId = ''): Promise<void> {
  const other = await within
    .selectFrom('scope_policy')
    .select('id')
    .where('name', '=', name)
    .where('id', '!=', exceptId)
    .executeTakeFirst();
  if (other !== undefined) throw new UmaError('conflict', 'There is a policy of that name already.');
}

function columnsOf({ name, scopes, cedar }: PolicyDraft) {
  return { name, scopes: JSON.stringify(scopes), cedar };
}

function noSuchPolicy(): UmaError {
  return new UmaError('not_found', 'There is no such policy.');
}
