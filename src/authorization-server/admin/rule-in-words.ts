import type { Decision, Rule } from '../policy/decision.js';

const OUTCOMES: Readonly<Record<Decision['context']['outcome'], string>> = {
  permit: 'Yes',
  'need-claims': 'More has to be known about the person',
  'need-owner': 'The owner is asked',
  deny: 'No',
};

const RULES: Readonly<Record<Rule['kind'], string>> = {
  share: 'a share',
  'scope-policy': 'a scope policy',
  'external-decision-point': 'the external decision point',
  'blocked-person': 'the owner has blocked the person',
  'sharing-paused': 'the owner has paused all sharing',
  'owner-suspended': 'the account of the owner is suspended',
  'requesting-party-suspended': 'the account of the person is suspended',
  'unknown-requesting-party': 'nobody knows who asks',
  'access-requests': 'nothing is shared, but the owner takes requests',
  'refused-access-request': 'the owner has refused it a short while ago',
  'no-share': 'nothing is shared',
};

/** What a decision comes to. */
export function outcomeInWords({ context: { outcome } }: Decision): string {
  return OUTCOMES[outcome];
}

/** What decided, by its name or number where it has one. */
export function ruleInWords({ kind, id, name }: Rule): string {
  const which = name ?? id;
  return which === undefined ? RULES[kind] : `${RULES[kind]}: ${which}`;
}
