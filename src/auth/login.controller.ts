import { Controller, Get, Inject, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiQuery, ApiSeeOtherResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from './accepts-html.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { AUTH_OPTIONS, type AuthOptions, basePathOf } from './auth.options.js';
import { localPath } from './local-path.js';
import { LoginFailureFilter } from './login-failure.filter.js';
import { Login } from './login.js';
import type { SignIn } from './openid-provider.js';
import { OpenIdProviders } from './openid-providers.js';
import { sendPage, signInChoicePage } from './pages.js';
import { seeOther } from './see-other.js';
import { SignInSummary } from './sign-in-answers.js';
import { revealTokens } from './token-set.js';

/** Signing in by OpenID Connect (FH-12, FH-13). */
@ApiTags('Sign-in')
@Controller()
@UseFilters(LoginFailureFilter)
export class LoginController {
  constructor(
    private readonly login: Login,
    private readonly providers: OpenIdProviders,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Sends the browser to the authorization server; where there are several, and none is named, a person chooses one. */
  @Get('login')
  @ApiQuery({
    name: 'as',
    required: false,
    type: String,
    description: 'Issuer of the authorization server to sign in at. A program that names none gets the first one.',
  })
  @ApiQuery({
    name: 'returnTo',
    required: false,
    type: String,
    description: 'Where to go afterwards: a path of this server.',
  })
  @ApiFoundResponse({ description: 'To the authorization server.' })
  @ApiOkResponse({ description: 'A page with the authorization servers, for a browser.', content: { 'text/html': {} } })
  async begin(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const returnTo = localPath(query['returnTo']);
    const { all, main } = this.providers;
    const isOpen = query['as'] === undefined && all.length > 1 && acceptsHtml(request);
    if (isOpen) return sendPage(reply, signInChoicePage(this.options, returnTo));
    const provider = query['as'] === undefined ? main : all.find(({ server }) => server.issuer === query['as']);
    if (provider === undefined)
      throw new UmaError('invalid_request', 'Nobody can sign in at that authorization server.');
    return seeOther(reply, await this.login.begin(request, reply, provider, returnTo), 302);
  }

  /** Where the authorization server sends the browser back to. */
  @Get(['callback', 'callback/:id'])
  @ApiQuery({ name: 'code', required: false, type: String, description: 'The authorization code.' })
  @ApiQuery({ name: 'state', required: false, type: String, description: 'What the sign-in was begun with.' })
  @ApiQuery({ name: 'error', required: false, type: String, description: 'Why there is no code.' })
  @ApiOkResponse({ type: SignInSummary, description: 'For a program.' })
  @ApiSeeOtherResponse({ description: 'For a browser: where it wanted to go.' })
  async finish(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id?: string,
  ): Promise<SignInSummary | string> {
    const outcome = await this.login.finish(request, reply, id);
    if (outcome.kind === 'once-more') return seeOther(reply, outcome.url, 302);
    if (acceptsHtml(request)) return seeOther(reply, outcome.returnTo ?? `${basePathOf(this.options)}/`);
    void reply.header('cache-control', 'private, no-store');
    return this.summaryOf(outcome.signIn);
  }

  private summaryOf({ person, tokens }: SignIn): SignInSummary {
    return {
      sub: person.subject,
      scope: tokens.scope,
      ...(tokens.expiresAt !== undefined && { expiresAt: new Date(tokens.expiresAt * 1000).toISOString() }),
      ...(this.options.devShowTokens && { tokens: JSON.parse(revealTokens(tokens)) as unknown }),
    };
  }
}
