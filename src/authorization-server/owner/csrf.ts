import type { FastifyReply, FastifyRequest } from 'fastify';

import { equalInConstantTime } from '../../common/digest.js';
import { isJsonObject } from '../../uma/protocol/strict-json.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { messagePage } from '../oidc/interaction/message.page.js';
import { sendPage } from '../oidc/send-page.js';
import type { OwnerSession } from '../oidc/sessions/owner-sessions.js';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

type Sent = Pick<FastifyRequest, 'method' | 'headers' | 'body'>;
type Session = Pick<OwnerSession, 'csrfToken'>;

/**
 * Whether another site made the owner's browser send this: a request that changes something carries the session's CSRF
 * token, in the header `x-csrf-token` or in the form field `csrf_token`.
 */
export function isForged({ method, headers, body }: Sent, { csrfToken }: Session): boolean {
  if (SAFE_METHODS.has(method)) return false;
  const sent = headers['x-csrf-token'] ?? (isJsonObject(body) ? body['csrf_token'] : undefined);
  return typeof sent !== 'string' || !equalInConstantTime(sent, csrfToken);
}

/** Refuses a call that {@link isForged}. @throws UmaError `access_denied` */
export function refuseForgery(request: Sent, session: Session): void {
  if (!isForged(request, session)) return;
  throw new UmaError('access_denied', 'The request does not carry the CSRF token of the session.');
}

/**
 * Turns a form away that {@link isForged}. What was filled in is not shown: another site may have done that.
 *
 * @param path of the page with the form, below the issuer
 */
export function turnFormAway(reply: FastifyReply, issuer: string, path: string): string {
  const title = 'Nothing was done';
  const message = 'The form was not sent from a page of this session. Go back to the page, and send it from there.';
  const link = { href: `${issuer}${path}`, label: 'Back to the page' };
  return sendPage(reply.status(403), messagePage({ issuer, title, message, link }));
}
