import type { AccessState } from './access-view.js';
import type { Ending } from './flow-ending.js';

/** Why there is nothing to see. */
export type Reason = Exclude<AccessState, 'granted' | 'declined' | 'unanswered' | 'cancelled'>;

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
  'too-slow': 'resource-server-unreachable',
  'broken-off': 'resource-server-unreachable',
  'not-json': 'failed',
  'not-heart-rate': 'failed',
} as const satisfies Record<Exclude<Ending['kind'], 'answered'>, Reason>;

/** The reason that an ending gives which is no success. */
export function reasonOf(ending: Ending): Reason {
  if (ending.kind === 'need-info' && ending.redirectUser !== undefined) return 'claims-needed';
  if (ending.kind !== 'answered') return REASONS[ending.kind];
  const { status } = ending.response;
  if (status === 404) return 'not-found';
  return status >= 500 || status === 429 ? 'resource-server-unreachable' : 'failed';
}

/** What the authorization server wants to know about the person, in its own words. */
export function wantedClaims(ending: Ending): readonly string[] {
  if (ending.kind !== 'need-info') return [];
  return ending.claims.flatMap(({ friendlyName, name }) => friendlyName ?? name ?? []);
}
