import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../../../common/clock.js';
import { equalInConstantTime } from '../../../common/digest.js';
import { UmaError } from '../../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../../endpoints.js';
import { Accounts } from '../../oidc/accounts/accounts.js';
import { RegisteredClients } from '../../oidc/clients/registered-clients.js';
import { ForgedFormError, InteractionGoneError } from '../../oidc/interaction/interaction-errors.js';
import { InteractionErrorFilter } from '../../oidc/interaction/interaction-error.filter.js';
import { basePathOf } from '../../oidc/oidc.options.js';
import { goTo, sendPage } from '../../oidc/send-page.js';
import { type OwnerSession, OwnerSessions } from '../../oidc/sessions/owner-sessions.js';
import { EMAIL_CLAIM, PURPOSE_CLAIM } from '../../policy/claims.js';
import { PURPOSE_CODES } from '../../policy/purpose-of-use.js';
import { UmaOptions } from '../uma-options.js';
import { needsRecentSignIn } from './account-claims.js';
import { claimsPage } from './claims.page.js';
import { ClaimsInteraction, type ClaimsQuestion } from './claims-interaction.js';
import { readClaimsRequest, wayBack } from './claims-request.js';
import { NoWayBackFilter } from './no-way-back.filter.js';
import { type ClaimsVisit, VisitCookie } from './visit-cookie.js';

type Fields = Readonly<Record<string, unknown>> | undefined;

/** One request of a visit. */
interface Step {
  readonly id: string;
  readonly visit: ClaimsVisit;
  readonly session: OwnerSession;
}

/**
 * The claims interaction endpoint: a requesting party comes from a client with a ticket, says who they are, and goes back
 * with the next one. It works without JavaScript.
 *
 * @see UMA 2.0 Grant sections 3.3.2, 3.3.3 and 5.1
 */
@ApiExcludeController()
@UseFilters(NoWayBackFilter, InteractionErrorFilter)
@Controller(ENDPOINTS.claimsInteraction)
export class ClaimsInteractionController {
  constructor(
    private readonly clients: RegisteredClients,
    private readonly interaction: ClaimsInteraction,
    private readonly visits: VisitCookie,
    private readonly sessions: OwnerSessions,
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /**
   * The ticket is gone from the address after this.
   *
   * @throws UmaError `unsupported_method_type` for HEAD, by which programs look at an address without meaning to use it
   */
  @Get()
  async arrive(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (request.method === 'HEAD') {
      void reply.header('allow', 'GET');
      throw new UmaError('unsupported_method_type', 'A permission ticket is presented with GET.');
    }
    const query = new URLSearchParams(request.originalUrl.replace(/^[^?]*\??/, ''));
    const asked = await readClaimsRequest(query, (clientId) => this.clients.find(clientId));
    const visit = await this.interaction.begin(asked);
    void reply.header('referrer-policy', 'no-referrer');
    if (visit === undefined) return goTo(reply, wayBack(asked, { error: 'invalid_request', iss: this.options.issuer }));
    return goTo(reply, this.addressOf(this.visits.begin(reply, visit)));
  }

  @Get(':id')
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<string> {
    const visit = this.visitOf(request, id);
    const session = await this.sessions.current(request, reply);
    if (session === undefined) return goTo(reply, this.sessions.signInUrl(this.addressOf(id)));
    const question = await this.interaction.questionFor(visit, session);
    if (question === undefined) throw new InteractionGoneError();
    if (needsRecentSignIn(question.claims, session, this.clock.nowMs())) {
      return goTo(reply, this.sessions.signInUrl(this.addressOf(id), { again: true }));
    }
    return this.page(reply, { id, visit, session }, question);
  }

  @Post(':id/continue')
  @HttpCode(200)
  async goOn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body() fields: Fields,
  ): Promise<string> {
    const { visit, session: person } = await this.answered(request, reply, id, fields);
    const purpose = textOf(fields, 'purpose');
    const ticket = await this.interaction.answer(visit, {
      person,
      purpose: PURPOSE_CODES.includes(purpose) ? purpose : undefined,
      shown: textOf(fields, 'claims').split(' '),
      remember: fields?.['remember'] === 'yes',
    });
    if (ticket === undefined) throw new InteractionGoneError();
    return this.leave(reply, id, wayBack(visit, { ticket, iss: this.options.issuer }));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body() fields: Fields,
  ): Promise<string> {
    const { visit } = await this.answered(request, reply, id, fields);
    await this.interaction.cancel(visit);
    return this.leave(reply, id, wayBack(visit, { error: 'access_denied', iss: this.options.issuer }));
  }

  /** Somebody else wants to sign in. */
  @Post(':id/switch')
  @HttpCode(200)
  async switchPerson(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body() fields: Fields,
  ): Promise<string> {
    await this.answered(request, reply, id, fields);
    await this.sessions.end(request, reply);
    return goTo(reply, this.sessions.signInUrl(this.addressOf(id)));
  }

  private visitOf(request: FastifyRequest, id: string): ClaimsVisit {
    const visit = this.visits.read(request, id);
    if (visit === undefined) throw new InteractionGoneError();
    return visit;
  }

  /** The visit that a form belongs to, which came from our own page for this very person. */
  private async answered(request: FastifyRequest, reply: FastifyReply, id: string, fields: Fields): Promise<Step> {
    const visit = this.visitOf(request, id);
    const session = await this.sessions.current(request, reply);
    if (session === undefined) throw new InteractionGoneError();
    if (!equalInConstantTime(textOf(fields, 'csrf_token'), session.csrfToken)) throw new ForgedFormError();
    return { id, visit, session };
  }

  private leave(reply: FastifyReply, id: string, address: string): string {
    this.visits.end(reply, id);
    void reply.header('referrer-policy', 'no-referrer');
    return goTo(reply, address);
  }

  private addressOf(id: string): string {
    return `${this.options.issuer}${ENDPOINTS.claimsInteraction}/${id}`;
  }

  private async page(reply: FastifyReply, { id, visit, session }: Step, question: ClaimsQuestion): Promise<string> {
    const { account, csrfToken } = session;
    const asks = (claim: string): boolean => question.claims.some(({ name }) => name === claim);
    const content = claimsPage({
      basePath: basePathOf(this.options.issuer),
      action: new URL(this.addressOf(id)).pathname,
      csrfToken,
      clientName: question.client.name,
      resourceServerName: question.resourceServer.name,
      ownerName: (await this.accounts.find(question.ownerId))?.name ?? 'Its owner',
      personName: account.name,
      asked: question.claims.map(({ name }) => name),
      email: asks(EMAIL_CLAIM) ? { address: account.email, verified: account.emailVerified } : undefined,
      asksPurpose: asks(PURPOSE_CLAIM),
      remembered: question.remembered,
      expectedName: question.expected && (await this.nameOf(question.expected.subject)),
      returnHost: new URL(visit.redirectUri).host,
    });
    return sendPage(reply, content, { formTargets: [visit.redirectUri] });
  }

  private async nameOf(accountId: string): Promise<string> {
    return (await this.accounts.find(accountId))?.name ?? 'somebody else';
  }
}

function textOf(fields: Fields, name: string): string {
  const value = fields?.[name];
  return typeof value === 'string' ? value : '';
}
