import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Html, html } from '../../common/html.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import { AccountSuspensions } from './account-suspensions.js';
import { ADMIN_PAGES, type AdminPage, type AdminView, searchForm, table } from './admin-page.js';
import { SearchQueryDto } from './admin-pages.dto.js';
import { type AdminVisit, AdminVisits, tried } from './admin-visits.js';

const NOTICES: Readonly<Record<string, string>> = {
  suspended: 'The account is suspended. What the person had, and what others had of theirs, has ended.',
  resumed: 'The person can sign in again.',
};

/** The administrators' pages of accounts. */
@ApiExcludeController()
@Controller(ADMIN_PAGES.accounts)
export class AccountPagesController {
  constructor(
    private readonly visits: AdminVisits,
    private readonly accounts: Accounts,
    private readonly suspensions: AccountSuspensions,
  ) {}

  @Get()
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { q = '', done = '' }: SearchQueryDto,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.accounts }, ({ view }) =>
      this.page(view, q, { notice: NOTICES[done] }),
    );
  }

  @Post(':username/suspend')
  @HttpCode(200)
  suspend(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('username') username: string,
  ): Promise<string> {
    return this.act(request, reply, 'suspended', ({ administrator }) =>
      this.suspensions.suspend(username, administrator),
    );
  }

  @Post(':username/resume')
  @HttpCode(200)
  resume(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('username') username: string,
  ): Promise<string> {
    return this.act(request, reply, 'resumed', () => this.suspensions.resume(username));
  }

  private act(
    request: FastifyRequest,
    reply: FastifyReply,
    done: string,
    action: (visit: AdminVisit) => Promise<void>,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.accounts }, (visit) =>
      tried<AdminPage | { goTo: string }>(
        reply,
        async () => {
          await action(visit);
          return { goTo: `${ADMIN_PAGES.accounts}?done=${done}` };
        },
        (error) => this.page(visit.view, '', { problem: error.message }),
      ),
    );
  }

  private async page(
    view: AdminView,
    wanted: string,
    messages: Pick<AdminPage, 'notice' | 'problem'>,
  ): Promise<AdminPage> {
    return { title: 'Accounts', body: accountList(view, await this.accounts.search(wanted), wanted), ...messages };
  }
}

function accountList(view: AdminView, accounts: readonly Account[], wanted: string): Html {
  const rows = accounts.map(
    (account) =>
      html`<tr>
        <td>${account.username}</td>
        <td>${account.name}</td>
        <td>${account.email}</td>
        <td>${account.suspended ? html`<span class="tag">suspended</span>` : 'active'}</td>
        <td>${suspensionForm(view, account)}</td>
      </tr>`,
  );
  return html`<section class="card">
    ${searchForm(`${view.issuer}${ADMIN_PAGES.accounts}`, wanted, 'Search accounts')}
    ${table(['Username', 'Name', 'E-mail', 'State', ''], rows, 'There is no such account.')}
  </section>`;
}

function suspensionForm({ issuer, csrfToken }: AdminView, { username, suspended }: Account): Html {
  const address = `${issuer}${ADMIN_PAGES.accounts}/${encodeURIComponent(username)}`;
  const whom = html`<span class="visually-hidden"> ${username}</span>`;
  return html`<form method="post" action="${address}/${suspended ? 'resume' : 'suspend'}">
    <input type="hidden" name="csrf_token" value="${csrfToken}" />
    ${suspended ? html`<button>Resume${whom}</button>` : html`<button class="danger">Suspend${whom}</button>`}
  </form>`;
}
