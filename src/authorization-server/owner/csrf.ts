import type { FastifyRequest } from 'fastify';

import { equalInConstantTime } from '../../common/digest.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { OwnerSession } from '../oidc/sessions/owner-sessions.js';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * Refuses what another site made the owner's browser send: a request that changes something carries the session's CSRF
 * token, in the header `x-csrf-token` or in the form field `csrf_token`.
 *
 * @throws UmaError `access_denied`
 */
export function refuseForgery(
  { method, headers, body }: Pick<FastifyRequest, 'method' | 'headers' | 'body'>,
  { csrfToken }: Pick<OwnerSession, 'csrfToken'>,
): void {
  if (SAFE_METHODS.has(method)) return;
  const sent = headers['x-csrf-token'] ?? (isJsonObject(body) ? body['csrf_token'] : undefined);
  if (typeof sent !== 'string' || !equalInConstantTime(sent, csrfToken)) {
    throw new UmaError('access_denied', 'The request does not carry the CSRF token of the session.');
  }
}
