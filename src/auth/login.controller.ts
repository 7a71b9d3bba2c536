import { Controller, Get, Inject, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from './accepts-html.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { localPath } from './local-path.js';
import { LoginFailureFilter } from './login-failure.filter.js';
import { Login } from './login.js';
import { OpenIdProviders } from './openid-providers.js';
import { sendPage, signInChoicePage } from './pages.js';
import { seeOther } from './see-other.js';
import type { SignInSummary } from './sign-in-answers.js';
import { SignInReturn, SignInReturned } from './sign-in-return.js';

/** Signing in by OpenID Connect (FH-12, FH-13). */
@ApiTags('Sign-in')
@Controller()
@UseFilters(LoginFailureFilter)
export class LoginController {
  constructor(
    private readonly login: Login,
    private readonly back: SignInReturn,
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
  @Get('callback')
  @SignInReturned()
  finish(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInSummary | string> {
    return this.back.take(request, reply, undefined);
  }
}
