import type { Decision, Refusal } from './decision.js';

/**
 * Puts together a decision and what somebody else says against it. An objection only ever takes something away: it
 * neither permits, nor asks for anything where the answer is no already.
 *
 * @param objection `undefined` when there is none
 */
export function restricted(decision: Decision, objection: Refusal | undefined): Decision {
  if (objection === undefined || !isOpenToObjections(decision)) return decision;
  const { context } = objection;
  // Nobody but the owner can answer for the owner, and the owner has answered.
  if (context.outcome === 'need-owner') return decision.decision ? denied(objection) : decision;
  if (context.outcome !== 'need-claims' || !decision.decision) return objection;
  // When the share goes, whoever tries to meet the condition tries in vain.
  const shareIds = [...new Set([...context.shareIds, decision.context.shareId])];
  return { decision: false, context: { ...context, shareIds } };
}

/**
 * Whether it matters what others say about a decision: while claims are missing these come first, since nobody can judge
 * a person who is not known yet.
 */
export function isOpenToObjections(decision: Decision): boolean {
  return decision.decision || decision.context.outcome === 'need-owner';
}

function denied({ context: { rule } }: Refusal): Refusal {
  return { decision: false, context: { outcome: 'deny', rule } };
}
