import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Decision, Evaluation, Refusal } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import { isOpenToObjections, restricted } from './restriction.js';

/** A decision point that lets through, of what the one behind it permits, what it has nothing against. */
export abstract class RestrictingDecisionPoint extends DecisionPoint {
  constructor(protected readonly inner: DecisionPoint) {
    super();
  }

  override async evaluate(
    evaluations: readonly Evaluation[],
    within: Transaction<UmaTables>,
  ): Promise<readonly Decision[]> {
    const decisions = await this.inner.evaluate(evaluations, within);
    const open = evaluations.filter((_evaluation, index) => isOpen(decisions[index]));
    if (open.length === 0) return decisions;
    const objections = await this.objectionsTo(open, within);
    if (objections.length !== open.length) throw new Error('Not every question was looked at.');
    const inOrder = objections.values();
    return decisions.map((decision) =>
      isOpenToObjections(decision) ? restricted(decision, inOrder.next().value) : decision,
    );
  }

  override consulting<Result>(transact: () => Promise<Result>): Promise<Result> {
    return this.inner.consulting(transact);
  }

  /** What is to be said against granting each of these, in their order; `undefined` for nothing. */
  protected abstract objectionsTo(
    evaluations: readonly Evaluation[],
    within: Transaction<UmaTables>,
  ): Promise<readonly (Refusal | undefined)[]>;
}

function isOpen(decision: Decision | undefined): boolean {
  return decision !== undefined && isOpenToObjections(decision);
}
