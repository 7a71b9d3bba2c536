import type { Rule } from '../policy/decision.js';
import type { ScopeDecision } from '../policy/explanations.js';

/** The rule that decided. */
export class RuleView {
  readonly kind!: string;
  /** Of the share, policy or block. */
  readonly id?: string;
  /** What administrators call the policy. */
  readonly name?: string;
}

/** What would be decided about one scope. */
export class ScopeDecisionView {
  readonly scope!: string;
  /** Whether it would be given. */
  readonly decision!: boolean;
  /** `permit`, `need-claims`, `need-owner` or `deny`. */
  readonly outcome!: string;
  readonly rule!: RuleView;
}

/** Answer of `POST /api/explanations`. */
export class ExplanationView {
  readonly decisions!: ScopeDecisionView[];
}

/** Writes decisions for an API. */
export function explanationOf(decisions: readonly ScopeDecision[]): ExplanationView {
  return {
    decisions: decisions.map(({ scope, decision: { decision, context } }) => ({
      scope,
      decision,
      outcome: context.outcome,
      rule: ruleOf(context.rule),
    })),
  };
}

function ruleOf({ kind, id, name }: Rule): RuleView {
  return { kind, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}
