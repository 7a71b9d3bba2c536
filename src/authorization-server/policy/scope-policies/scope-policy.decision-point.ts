import { Logger } from '@nestjs/common';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../../database/authorization-server/uma.js';
import { deny, type Evaluation, type Refusal } from '../decision.js';
import type { DecisionPoint } from '../decision-point.js';
import { RestrictingDecisionPoint } from '../restricting.decision-point.js';
import { cedarRequestOf } from './cedar-request.js';
import type { ParsedPolicy } from './parsed-policy.js';
import type { ScopePolicies } from './scope-policies.js';

/** Lets through what every policy on the scope permits; a scope without a policy goes through as it is. */
export class ScopePolicyDecisionPoint extends RestrictingDecisionPoint {
  private readonly logger = new Logger(ScopePolicyDecisionPoint.name);

  /** @param believedIssuers the issuers whose claims are believed without being named */
  constructor(
    inner: DecisionPoint,
    private readonly policies: ScopePolicies,
    private readonly believedIssuers: readonly string[],
  ) {
    super(inner);
  }

  protected override async objectionsTo(
    evaluations: readonly Evaluation[],
    within: Transaction<UmaTables>,
  ): Promise<readonly (Refusal | undefined)[]> {
    const scopes = [...new Set(evaluations.map(({ action }) => action.name))];
    const policies = await this.policies.on(scopes, within);
    return evaluations.map((evaluation) => this.objectionTo(evaluation, policies.get(evaluation.action.name) ?? []));
  }

  private objectionTo(evaluation: Evaluation, policies: readonly ParsedPolicy[]): Refusal | undefined {
    const objecting = policies.find((policy) => !this.permits(policy, evaluation))?.policy;
    return objecting && deny({ kind: 'scope-policy', id: objecting.id, name: objecting.name });
  }

  private permits(policy: ParsedPolicy, evaluation: Evaluation): boolean {
    const { subject } = evaluation;
    if (subject === undefined) return false;
    try {
      return policy.permits(cedarRequestOf(evaluation, subject, this.believedIssuers));
    } catch (error) {
      this.logger.error(new Error(`Scope policy ${policy.policy.id} could not be evaluated.`, { cause: error }));
      return false;
    }
  }
}
