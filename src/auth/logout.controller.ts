import { Controller, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiSeeOtherResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from './accepts-html.js';
import { AUTH_OPTIONS, type AuthOptions, basePathOf } from './auth.options.js';
import { CsrfGuard } from './csrf.guard.js';
import type { LoginSession } from './login-session.js';
import { Login } from './login.js';
import { OpenIdProviders } from './openid-providers.js';
import { sendPage, signOutPage } from './pages.js';
import { seeOther } from './see-other.js';
import { SignedOut } from './sign-in-answers.js';
import { Sessions } from './sessions.js';

/** Signing out, here and at the authorization server. Only a form of ours can do it: another site cannot. */
@ApiTags('Sign-in')
@Controller('logout')
export class LogoutController {
  constructor(
    private readonly sessions: Sessions,
    private readonly login: Login,
    private readonly providers: OpenIdProviders,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Asks whether to sign out. */
  @Get()
  @ApiProduces('text/html')
  async ask(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const session = await this.sessions.current(request);
    if (session === undefined) return seeOther(reply, this.home);
    // Chromium holds the redirects after a form to where the form's page lets it lead.
    return sendPage(reply, signOutPage(this.options, session.csrfToken, session.name), [
      new URL(await this.endSessionUrl(session), this.options.baseUrl).href,
    ]);
  }

  /** Ends the session here, and sends the browser on to end the one at the authorization server. */
  @Post()
  @ApiOkResponse({ type: SignedOut, description: 'For a program.' })
  @ApiSeeOtherResponse({ description: 'For a browser: to the authorization server.' })
  @HttpCode(200)
  @UseGuards(CsrfGuard)
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedOut | string> {
    const session = await this.sessions.current(request);
    await this.login.signOut(request, reply);
    const endSessionUrl = await this.endSessionUrl(session);
    if (acceptsHtml(request)) return seeOther(reply, endSessionUrl);
    void reply.header('cache-control', 'no-store');
    return { endSessionUrl };
  }

  private get home(): string {
    return `${basePathOf(this.options)}/`;
  }

  /** Signing out here works whether the authorization server is there or not. */
  private async endSessionUrl(session: LoginSession | undefined): Promise<string> {
    const provider = session === undefined ? this.providers.main : this.providers.find(session.person.issuer);
    return (await provider?.endSessionUrl().catch(() => undefined)) ?? this.home;
  }
}
