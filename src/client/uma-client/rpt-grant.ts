import type { Clock } from '../../common/clock.js';
import { Secret } from '../../common/secret.js';
import type { GrantedRpt } from '../../uma/protocol/grant-outcome.js';
import { matchesResourceServer } from '../../uma/protocol/resource-indicator.js';
import { FlowEnded } from './flow-ended.js';
import type { Rpt } from './rpt-store.js';
import type { ProtocolViolation } from './uma-answer.js';

/** An RPT with its refresh token is renewed this long before its end, or a fifth of its lifetime where that is less. */
const MARGIN_SECONDS = 30;

/**
 * The RPT of a success, as it is kept.
 *
 * @param resource identifier of the resource server it was asked for
 * @param paths where it serves
 * @throws FlowEnded `protocol-violation` when it must not be used
 */
export function rptOf(granted: GrantedRpt, resource: string, paths: readonly string[], clock: Clock): Rpt {
  checkGrant(granted, resource);
  const { accessToken, expiresInSeconds, refreshToken } = granted;
  const now = clock.nowSeconds();
  return {
    accessToken: new Secret(accessToken),
    paths,
    ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds }),
    ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
    ...(refreshToken !== undefined &&
      expiresInSeconds !== undefined && {
        renewAt: now + expiresInSeconds - Math.min(MARGIN_SECONDS, expiresInSeconds / 5),
      }),
  };
}

// An RPT that is good elsewhere too could be replayed there by the server that is called: every resource must be its own.
function checkGrant({ accessToken, tokenType, resource }: GrantedRpt, own: string): void {
  const usable = tokenType.toLowerCase() === 'bearer' && /^[\x21-\x7E]+$/.test(accessToken);
  if (!usable) throw violation('unusable-token');
  if (resource === undefined) return;
  const isOwn = resource.length > 0 && resource.every((one) => matchesResourceServer(one, own));
  if (!isOwn) throw violation('resource-mismatch');
}

const violation = (kind: ProtocolViolation): FlowEnded =>
  new FlowEnded({ kind: 'protocol-violation', violation: kind });
