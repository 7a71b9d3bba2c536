import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { goTo, sendPage } from '../oidc/send-page.js';
import { type OwnerSession, OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { UmaOptions } from '../uma/uma-options.js';
import { AccountQueryDto, ShareFormDto } from './account.dto.js';
import { AccountOverview } from './account-overview.js';
import { type AccountPageContent, accountPage } from './account-page.js';
import { refuseForgery } from './csrf.js';
import { Grantees } from './grantees.js';
import { ShareRefusal } from './share-refusal.js';
import { isShowable } from './share-view.js';
import { Sharing } from './sharing.js';

const DAY_MS = 86_400_000;

type Messages = Pick<AccountPageContent, 'notice' | 'problem' | 'refused'>;

/** The owner's page: who may see what. It works without JavaScript; who is not signed in does that first. */
@ApiExcludeController()
@Controller(ENDPOINTS.account)
export class AccountController {
  constructor(
    private readonly sessions: OwnerSessions,
    private readonly overview: AccountOverview,
    private readonly sharing: Sharing,
    private readonly grantees: Grantees,
    private readonly options: UmaOptions,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: AccountQueryDto,
  ): Promise<string> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) return this.askToSignIn(reply, query.resource);
    return this.page(reply, session, query.resource, {
      notice: await this.overview.noticeOf(session.account.id, query),
    });
  }

  @Post('shares')
  @HttpCode(200)
  share(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() form: ShareFormDto,
  ): Promise<string> {
    return this.act(request, reply, form, async (ownerId) => {
      const { share, isNew } = await this.sharing.createOrChange(ownerId, {
        target: { resourceId: form.resource },
        scopes: form.scopes,
        clients: undefined,
        purposes: undefined,
        paused: false,
        grantee: await this.grantees.resolve({ username: form.username }),
        expiresMs: endOf(form.until),
      });
      return { resource: form.resource, [isNew ? 'shared' : 'changed']: share.id };
    });
  }

  @Post('shares/:id/stop')
  @HttpCode(200)
  stop(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<string> {
    return this.act(request, reply, undefined, async (ownerId) => {
      await this.sharing.withdraw(ownerId, id);
      return {};
    });
  }

  /**
   * Does what a form asks for and shows the page again, with the reason when it was not done.
   *
   * @param action gives the query with which the page is shown
   */
  private async act(
    request: FastifyRequest,
    reply: FastifyReply,
    form: ShareFormDto | undefined,
    action: (ownerId: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<string> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) return this.askToSignIn(reply, form?.resource);
    refuseForgery(request, session);
    try {
      return goTo(reply, this.addressOf(await action(session.account.id)));
    } catch (error) {
      if (!(error instanceof UmaError)) throw error;
      return await this.page(reply.status(error.status), session, form?.resource, whyNot(error, form));
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
      resources: await this.overview.of(account.id, resource),
      ...messages,
    });
    return sendPage(reply, content);
  }
}

/** What was asked for stays on the page, so that it can be corrected. */
function whyNot(error: UmaError, form: ShareFormDto | undefined): Messages {
  if (form === undefined) return { problem: error.message };
  const wrong = error instanceof ShareRefusal ? error.decision : undefined;
  return { problem: error.message, refused: { sent: form, wrong } };
}

/** The end of a day in UTC, in milliseconds; `undefined` when no day was given. */
function endOf(day: string | undefined): number | undefined {
  if (day === undefined || day === '') return undefined;
  const endMs = Date.parse(day) + DAY_MS;
  if (Number.isNaN(endMs)) throw new ShareRefusal('time', 'There is no such day.');
  if (!isShowable(endMs)) {
    throw new ShareRefusal('time', 'That is too far away: leave it empty to share until you stop it.');
  }
  return endMs;
}
