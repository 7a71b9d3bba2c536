import { Controller, Get, Header, Optional } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { UmaError } from '../uma/protocol/uma-error.js';
import { CurrentSession } from './current-session.decorator.js';
import type { LoginSession } from './login-session.js';
import { OpenIdProviders } from './openid-providers.js';
import { PatKeeper } from './pat-keeper.js';
import { SessionTokens } from './session-tokens.js';
import { SignedIn } from './signed-in.decorator.js';

/** What the authorization server tells about the person who is signed in (FH-14). */
@ApiTags('Sign-in')
@Controller('userInfo')
@SignedIn()
export class UserInfoController {
  constructor(
    private readonly providers: OpenIdProviders,
    private readonly tokens: SessionTokens,
    @Optional() private readonly pats?: PatKeeper,
  ) {}

  /** What the authorization server tells about the person who is signed in. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async userInfo(@CurrentSession() session: LoginSession): Promise<Readonly<Record<string, unknown>>> {
    const { person } = session;
    const token = (await this.tokens.accessToken(session)) ?? (await this.pats?.patOf(person));
    const provider = this.providers.find(person.issuer);
    if (token === undefined || provider === undefined) throw new UmaError('login_required', 'Sign in again.');
    return provider.userInfo(token, person.subject);
  }
}
