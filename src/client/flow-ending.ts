import type { Logger } from '@nestjs/common';

import type { UmaAnswer } from './uma-client/index.js';

/** Access was granted, or about to be, and there was still nothing to read. */
export interface Unread {
  readonly kind: 'too-slow' | 'broken-off' | 'not-json' | 'not-heart-rate';
}

/** How a flow ended that has nothing to show. */
export type Ending = UmaAnswer | Unread;

/** Tells the operator how a flow ended: as a warning, unless that is everyday use. No path, no person, no secret. */
export function logEnding(logger: Pick<Logger, 'log' | 'warn'>, url: string, ending: Ending): void {
  const cause = causeOf(ending);
  const why = cause === undefined ? ending.kind : `${ending.kind} (${cause})`;
  const issuer = issuerOf(ending);
  const where = issuer === undefined ? '' : `, authorization server ${originOf(issuer)}`;
  logger[isEveryday(ending) ? 'log' : 'warn'](
    `A flow ended with nothing to show: ${why}; resource server ${originOf(url)}${where}`,
  );
}

/** An owner's no, a question to her, and a link that leads nowhere are nobody's mistake in the configuration. */
function isEveryday(ending: Ending): boolean {
  if (ending.kind === 'answered') return ending.response.status === 404;
  return ending.kind === 'denied' || ending.kind === 'submitted';
}

function causeOf(ending: Ending): string | undefined {
  if (ending.kind === 'answered') return `status ${ending.response.status}`;
  if ('error' in ending) return ending.error;
  if ('reason' in ending) return ending.reason;
  if ('violation' in ending) return ending.violation;
  return 'reportedBy' in ending ? `reported by the ${ending.reportedBy}` : undefined;
}

function issuerOf(ending: Ending): string | undefined {
  if (ending.kind === 'answered') return ending.authorization?.authorizationServer;
  return 'authorizationServer' in ending ? ending.authorizationServer : undefined;
}

/** What follows the origin may hold a handle or a secret; a challenge may name anything. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'unknown');
