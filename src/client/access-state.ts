import type { AccessState } from './access-view.js';
import type { UmaAnswer } from './uma-client/index.js';

const STATES = {
  denied: 'denied',
  submitted: 'owner-must-agree',
  'need-info': 'need-info',
  untrusted: 'not-trusted',
  'authorization-server-unreachable': 'authorization-server-unreachable',
  'resource-server-unreachable': 'resource-server-unreachable',
  refused: 'failed',
  'rpt-refused': 'failed',
  'protocol-violation': 'failed',
} as const satisfies Record<Exclude<UmaAnswer['kind'], 'answered'>, AccessState>;

/** The state that an answer means. */
export function stateOf(answer: UmaAnswer): AccessState {
  if (answer.kind !== 'answered') return STATES[answer.kind];
  const { ok, status } = answer.response;
  if (ok) return 'granted';
  if (status === 404) return 'not-found';
  return status >= 500 || status === 429 ? 'resource-server-unreachable' : 'failed';
}

/** What the authorization server wants to know about the person, in its own words. */
export function wantedClaims(answer: UmaAnswer): readonly string[] {
  if (answer.kind !== 'need-info') return [];
  return answer.claims.flatMap(({ friendlyName, name }) => friendlyName ?? name ?? []);
}
