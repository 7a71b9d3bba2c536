import { Body, Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Interaction } from 'oidc-provider';

import { ENDPOINTS } from '../../endpoints.js';
import { Accounts } from '../accounts/accounts.js';
import { SignIn } from '../accounts/sign-in.js';
import { meaningsOf } from '../scopes.js';
import { goTo, sendPage } from '../send-page.js';
import { consentPage } from './consent.page.js';
import { InteractionErrorFilter } from './interaction-error.filter.js';
import { InteractionGoneError } from './interaction-errors.js';
import { Interactions, requestedScopes, textOf, type Visit } from './interactions.js';
import { signInPage, type SignInProblem } from './sign-in.page.js';

type Request = Visit['request'];
type Fields = Readonly<Record<string, unknown>>;

/** The pages on which a person signs in and allows what an application wants. They work without JavaScript. */
@ApiExcludeController()
@UseFilters(InteractionErrorFilter)
@Controller(ENDPOINTS.interaction)
export class InteractionController {
  constructor(
    private readonly interactions: Interactions,
    private readonly accounts: Accounts,
    private readonly signIn: SignIn,
  ) {}

  @Get(':uid')
  async show(@Req() request: Request, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const interaction = await this.interactions.find({ request, reply });
    if (interaction.prompt.name === 'consent') return this.askForConsent(interaction, reply);
    return this.askToSignIn(interaction, reply, textOf(interaction.params['login_hint']));
  }

  @Post(':uid/login')
  async login(
    @Req() request: Request,
    @Body() fields: Fields | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = { request, reply };
    const interaction = await this.interactions.answeredBy(visit, tokenOf(fields), 'login');
    const username = textOf(fields?.['username']);
    const outcome = await this.signIn.attempt(username, textOf(fields?.['password']), request.ip);
    if (outcome.kind !== 'signed-in') return this.askToSignIn(interaction, reply, username, outcome);
    const login = { accountId: outcome.account.id, amr: ['pwd'] };
    return goTo(reply, await this.interactions.finish(visit, { login }, false));
  }

  @Post(':uid/confirm')
  async confirm(
    @Req() request: Request,
    @Body() fields: Fields | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = { request, reply };
    const interaction = await this.interactions.answeredBy(visit, tokenOf(fields), 'consent');
    const consent = { grantId: await this.interactions.consent(interaction) };
    return goTo(reply, await this.interactions.finish(visit, { consent }, true));
  }

  @Post(':uid/abort')
  async abort(
    @Req() request: Request,
    @Body() fields: Fields | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = { request, reply };
    await this.interactions.answeredBy(visit, tokenOf(fields));
    const refusal = { error: 'access_denied', error_description: 'The person cancelled.' };
    return goTo(reply, await this.interactions.finish(visit, refusal, false));
  }

  @Post(':uid/switch')
  async switchPerson(
    @Req() request: Request,
    @Body() fields: Fields | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = { request, reply };
    const interaction = await this.interactions.answeredBy(visit, tokenOf(fields));
    return goTo(reply, await this.interactions.startAgain(visit, interaction));
  }

  private async askToSignIn(
    interaction: Interaction,
    reply: FastifyReply,
    username: string,
    problem?: SignInProblem,
  ): Promise<string> {
    const view = await this.interactions.view(interaction);
    if (problem?.kind === 'wrong') reply.status(401);
    if (problem?.kind === 'suspended') reply.status(403);
    if (problem?.kind === 'pause') reply.status(429).header('retry-after', problem.seconds);
    const canGoBack = redirectUrisOf(interaction).length > 0;
    return sendPage(reply, signInPage({ ...view, username, canGoBack, problem }), wayBack(interaction));
  }

  private async askForConsent(interaction: Interaction, reply: FastifyReply): Promise<string> {
    const { params, session } = interaction;
    const person = await this.accounts.find(session?.accountId ?? '');
    if (person === undefined) throw new InteractionGoneError();
    const page = consentPage({
      ...(await this.interactions.view(interaction)),
      personName: person.name,
      wishes: meaningsOf(requestedScopes(params)),
      returnHost: redirectUrisOf(interaction).map((uri) => new URL(uri).host)[0],
    });
    return sendPage(reply, page, wayBack(interaction));
  }
}

function tokenOf(fields: Fields | undefined): string {
  return textOf(fields?.['csrf_token']);
}

function wayBack(interaction: Interaction): { formTargets: readonly string[] } {
  return { formTargets: redirectUrisOf(interaction) };
}

/** Where the person goes back to; nowhere when they let a device in. */
function redirectUrisOf({ params }: Interaction): readonly string[] {
  const uri = params['redirect_uri'];
  return typeof uri === 'string' ? [uri] : [];
}
