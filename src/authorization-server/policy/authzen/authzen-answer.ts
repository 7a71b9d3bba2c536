import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import type { ClaimRequirement } from '../claims.js';
import { deny, type Refusal, type Rule } from '../decision.js';

const RULE: Rule = { kind: 'external-decision-point' };

/** What an external decision point is taken to say that has not said anything. */
export const EXTERNAL_DENIAL: Refusal = deny(RULE);

/**
 * Reads one decision of an external decision point as an objection. Only a `decision` that is `true` is none; the
 * `context` of another one may say that claims would help (`outcome` is `need_claims`, `claims` a list of `{name,
 * issuers}`) or that the owner has to be asked (`need_owner`).
 *
 * @see AuthZEN Authorization API 1.0 section 5.5
 */
export function objectionIn(answer: unknown): Refusal | undefined {
  if (!isJsonObject(answer)) return EXTERNAL_DENIAL;
  if (answer['decision'] === true) return undefined;
  const { context } = answer;
  if (answer['decision'] !== false || !isJsonObject(context)) return EXTERNAL_DENIAL;
  if (context['outcome'] === 'need_owner') return { decision: false, context: { outcome: 'need-owner', rule: RULE } };
  const claims = context['outcome'] === 'need_claims' ? requirementsIn(context['claims']) : [];
  if (claims.length === 0) return EXTERNAL_DENIAL;
  return { decision: false, context: { outcome: 'need-claims', rule: RULE, claims, shareIds: [] } };
}

/** The decisions in an answer to several questions; each is missing in an answer that has not as many. */
export function decisionsIn(answer: unknown, count: number): readonly unknown[] {
  const evaluations = isJsonObject(answer) ? answer['evaluations'] : undefined;
  return Array.isArray(evaluations) && evaluations.length === count
    ? evaluations
    : Array<undefined>(count).fill(undefined);
}

function requirementsIn(claims: unknown): readonly ClaimRequirement[] {
  if (!Array.isArray(claims)) return [];
  return claims.filter(isJsonObject).flatMap(({ name, issuers = [] }) => {
    const isComplete = typeof name === 'string' && name !== '' && Array.isArray(issuers);
    return isComplete ? [{ name, issuers: issuers.filter((issuer) => typeof issuer === 'string') }] : [];
  });
}
