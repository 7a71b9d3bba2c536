import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { messagePage } from '../oidc/interaction/message.page.js';
import type { Account } from '../oidc/accounts/accounts.js';
import { goTo, sendPage } from '../oidc/send-page.js';
import { OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { isForged, turnFormAway } from '../owner/csrf.js';
import { AdminOptions } from './admin-options.js';
import { type AdminPage, adminPage, type AdminView } from './admin-page.js';
import { Administrators } from './administrators.js';

/** A visit of an administrator to one of their pages. */
export interface AdminVisit {
  readonly administrator: Account;
  readonly view: AdminView;
}

/** Lets administrators into their pages: who is not signed in does that first, and everybody else is told. */
@Injectable()
export class AdminVisits {
  constructor(
    private readonly sessions: OwnerSessions,
    private readonly administrators: Administrators,
    private readonly options: AdminOptions,
  ) {}

  /**
   * Shows a page, or does what a form asks for that no other site has sent.
   *
   * @param path of the page that a visitor comes back to who has to sign in first
   */
  async receive(
    { request, reply, path }: { request: FastifyRequest; reply: FastifyReply; path: string },
    answer: (visit: AdminVisit) => Promise<AdminPage | { readonly goTo: string }>,
  ): Promise<string> {
    const { issuer } = this.options;
    const session = await this.sessions.current(request, reply);
    if (session === undefined) return goTo(reply, this.sessions.signInUrl(path));
    const { account: administrator, csrfToken } = session;
    if (!this.administrators.include(administrator)) return this.turnAway(reply);
    if (isForged(request, session)) return turnFormAway(reply, issuer, path);
    const view = { issuer, administratorName: administrator.name, csrfToken };
    const page = await answer({ administrator, view });
    return 'goTo' in page ? goTo(reply, `${issuer}${page.goTo}`) : sendPage(reply, adminPage(view, page));
  }

  private turnAway(reply: FastifyReply): string {
    const message = 'These pages are for the administrators of this server.';
    return sendPage(reply.status(403), messagePage({ issuer: this.options.issuer, title: 'Not for you', message }));
  }
}

/**
 * Tries what a form asks for.
 *
 * @param refused writes the page that says why it was not done; the reply's status is set already
 */
export async function tried<Page>(
  reply: FastifyReply,
  action: () => Promise<Page>,
  refused: (error: UmaError) => Promise<Page> | Page,
): Promise<Page> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UmaError)) throw error;
    reply.status(error.status);
    return refused(error);
  }
}
