import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import type { ScopePolicy } from '../policy/scope-policies/scope-policy.js';
import { ADMIN_PAGES, type AdminPage, type AdminView } from './admin-page.js';
import { ScopePolicyFormDto, SearchQueryDto } from './admin-pages.dto.js';
import { AdminVisits, tried } from './admin-visits.js';
import { PolicyRefusal } from './policy-refusal.js';
import { type PolicyDraft, ScopePolicyAdministration } from './scope-policy-administration.js';
import { faultList, NEW_POLICY, policyList, policyPage } from './scope-policy-pages.js';

const NOTICES: Readonly<Record<string, string>> = {
  saved: 'The policy was saved. Tokens that it may restrict have ended.',
  deleted: 'The policy was deleted.',
};

/** The administrators' pages of scope policies. They work without JavaScript. */
@ApiExcludeController()
@Controller(ENDPOINTS.administration)
export class ScopePolicyPagesController {
  constructor(
    private readonly visits: AdminVisits,
    private readonly administration: ScopePolicyAdministration,
  ) {}

  @Get()
  begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.visits.receive({ request, reply, path: ENDPOINTS.administration }, () =>
      Promise.resolve({ goTo: ADMIN_PAGES.policies }),
    );
  }

  @Get('scope-policies')
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { q = '', done = '' }: SearchQueryDto,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.policies }, async ({ view }) => {
      const found = (await this.administration.list()).filter((policy) => hasInIt(policy, q));
      return { title: 'Scope policies', body: policyList(view, found, q), notice: NOTICES[done] };
    });
  }

  @Get('scope-policies/new')
  compose(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.visits.receive({ request, reply, path: `${ADMIN_PAGES.policies}/new` }, ({ view }) =>
      Promise.resolve(policyPage(view, NEW_POLICY, undefined)),
    );
  }

  @Get('scope-policies/:id')
  show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: `${ADMIN_PAGES.policies}/${id}` }, ({ view }) =>
      tried(reply, async () => policyPage(view, fieldsOf(await this.administration.read(id)), id), this.gone(view)),
    );
  }

  @Post('scope-policies')
  @HttpCode(200)
  create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() form: ScopePolicyFormDto,
  ): Promise<string> {
    return this.save(request, reply, form, undefined);
  }

  @Post('scope-policies/:id')
  @HttpCode(200)
  replace(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body() form: ScopePolicyFormDto,
  ): Promise<string> {
    return this.save(request, reply, form, id);
  }

  @Post('scope-policies/:id/delete')
  @HttpCode(200)
  remove(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.policies }, ({ view }) =>
      tried<AdminPage | { goTo: string }>(
        reply,
        async () => {
          await this.administration.remove(id);
          return { goTo: `${ADMIN_PAGES.policies}?done=deleted` };
        },
        this.gone(view),
      ),
    );
  }

  private save(
    request: FastifyRequest,
    reply: FastifyReply,
    form: ScopePolicyFormDto,
    id: string | undefined,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.policies }, ({ view }) =>
      tried<AdminPage | { goTo: string }>(
        reply,
        async () => {
          const draft = draftOf(form);
          await (id === undefined ? this.administration.create(draft) : this.administration.replace(id, draft));
          return { goTo: `${ADMIN_PAGES.policies}?done=saved` };
        },
        (error) => policyPage(view, form, id, { problem: whyNot(error) }),
      ),
    );
  }

  /** Shows the list to who came for a policy that is not there any more. */
  private gone(view: AdminView) {
    return async (error: UmaError): Promise<AdminPage> => ({
      title: 'Scope policies',
      body: policyList(view, await this.administration.list(), ''),
      problem: error.message,
    });
  }
}

function draftOf({ name, scopes, cedar }: ScopePolicyFormDto): PolicyDraft {
  return { name, scopes: [...new Set(scopes.split(/\s+/).filter((scope) => scope !== ''))], cedar };
}

function fieldsOf({ name, scopes, cedar }: ScopePolicy): { name: string; scopes: string; cedar: string } {
  return { name, scopes: scopes.join(' '), cedar };
}

function whyNot(error: UmaError): AdminPage['problem'] {
  return error instanceof PolicyRefusal ? faultList(error.faults) : error.message;
}

function hasInIt({ name, scopes }: ScopePolicy, text: string): boolean {
  return [name, ...scopes].some((part) => part.toLowerCase().includes(text.toLowerCase()));
}
