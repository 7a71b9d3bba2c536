import type { AccessState } from './access-view.js';
import type { UmaAnswer } from './uma-client/index.js';

/** Why there is nothing to see. */
export type Reason = Exclude<AccessState, 'granted'>;

const REASONS = {
  denied: 'denied',
  submitted: 'owner-must-agree',
  'need-info': 'need-info',
  untrusted: 'not-trusted',
  'authorization-server-unreachable': 'authorization-server-unreachable',
  'resource-server-unreachable': 'resource-server-unreachable',
  refused: 'failed',
  'rpt-refused': 'failed',
  'protocol-violation': 'failed',
} as const satisfies Record<Exclude<UmaAnswer['kind'], 'answered'>, Reason>;

/** The reason that an answer gives which is no success. */
export function reasonOf(answer: UmaAnswer): Reason {
  if (answer.kind !== 'answered') return REASONS[answer.kind];
  const { status } = answer.response;
  if (status === 404) return 'not-found';
  return status >= 500 || status === 429 ? 'resource-server-unreachable' : 'failed';
}

/** What the authorization server wants to know about the person, in its own words. */
export function wantedClaims(answer: UmaAnswer): readonly string[] {
  if (answer.kind !== 'need-info') return [];
  return answer.claims.flatMap(({ friendlyName, name }) => friendlyName ?? name ?? []);
}
