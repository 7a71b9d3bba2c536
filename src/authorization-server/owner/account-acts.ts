import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { goTo, sendPage } from '../oidc/send-page.js';
import { type OwnerSession, OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { UmaOptions } from '../uma/uma-options.js';
import type { AccountQueryDto, AllowFormDto, Done, ShareFormDto } from './account.dto.js';
import { AccountNotices } from './account-notices.js';
import { AccountOverview } from './account-overview.js';
import { type AccountPageContent, accountPage } from './account-page.js';
import { isForged, turnFormAway } from './csrf.js';
import { ShareRefusal } from './share-refusal.js';

type Messages = Pick<AccountPageContent, 'notice' | 'problem' | 'refused' | 'refusedAnswer'>;

/** A form that was filled in: it is shown again that way when what it asks for is not done. */
export type FilledForm =
  | { readonly shares: ShareFormDto }
  /** @see AllowFormDto; `id` is that of the request. */
  | { readonly allows: AllowFormDto; readonly id: string };

/** What was done, for the page that is shown then. */
export interface Deed {
  readonly done: Done;
  /** Id of the share, request, block or app. */
  readonly to?: string;
  /** Ids of the shares, with spaces between, by which the same may still be seen. */
  readonly still?: string;
  /** The resource whose form stays open. */
  readonly resource?: string;
}

/** A request of the owner's browser, and where its answer goes. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Shows the sharing page, and does what its forms ask for; who is not signed in does that first. */
@Injectable()
export class AccountActs {
  constructor(
    private readonly sessions: OwnerSessions,
    private readonly overview: AccountOverview,
    private readonly notices: AccountNotices,
    private readonly options: UmaOptions,
  ) {}

  /** Shows the page. */
  async show({ request, reply }: Exchange, query: AccountQueryDto): Promise<string> {
    const session = await this.sessions.current(request, reply);
    const { resource } = query;
    if (session === undefined) return this.askToSignIn(reply, resource);
    return this.page(reply, session, resource, { notice: await this.notices.of(session.account.id, query) });
  }

  /**
   * Does what a form asks for and shows the page again, with the reason when it was not done.
   *
   * @param form what was filled in
   */
  async act(
    { request, reply }: Exchange,
    action: (ownerId: string) => Promise<Deed>,
    form?: FilledForm,
  ): Promise<string> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) return this.askToSignIn(reply, resourceOf(form));
    if (isForged(request, session)) return turnFormAway(reply, this.options.issuer, ENDPOINTS.account);
    try {
      return goTo(reply, this.addressOf({ ...(await action(session.account.id)) }));
    } catch (error) {
      if (!(error instanceof UmaError)) throw error;
      return await this.page(reply.status(error.status), session, resourceOf(form), whyNot(error, form));
    }
  }

  private askToSignIn(reply: FastifyReply, resource: string | undefined): string {
    return goTo(reply, this.sessions.signInUrl(this.addressOf(resource === undefined ? {} : { resource })));
  }

  private addressOf(query: Readonly<Record<string, string>>): string {
    const address = new URL(`${this.options.issuer}${ENDPOINTS.account}`);
    address.search = new URLSearchParams(query).toString();
    return address.href;
  }

  private async page(
    reply: FastifyReply,
    { account, csrfToken }: OwnerSession,
    resource: string | undefined,
    messages: Messages,
  ): Promise<string> {
    const content = accountPage({
      issuer: this.options.issuer,
      ownerName: account.name,
      csrfToken,
      ...(await this.overview.of(account.id, resource)),
      ...messages,
    });
    return sendPage(reply, content);
  }
}

function resourceOf(form: FilledForm | undefined): string | undefined {
  return form !== undefined && 'shares' in form ? form.shares.resource : undefined;
}

/** What was asked for stays on the page, so that it can be corrected. */
function whyNot(error: UmaError, form: FilledForm | undefined): Messages {
  const problem = error.message;
  const wrong = error instanceof ShareRefusal ? error.decision : undefined;
  if (form === undefined) return { problem };
  if ('shares' in form) return { problem, refused: { sent: form.shares, wrong } };
  return wrong === undefined ? { problem } : { problem, refusedAnswer: { id: form.id, sent: form.allows, wrong } };
}
