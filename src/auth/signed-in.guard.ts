import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../uma/protocol/uma-error.js';
import { acceptsHtml } from './accepts-html.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { loginPath } from './login-path.js';
import { SeeOther } from './see-other.js';
import { Sessions } from './sessions.js';

/** Lets only people pass who are signed in. Others are sent to sign in and back, when they come with a browser. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** @throws UmaError `login_required` for programs, {@link SeeOther} for people with a browser */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') throw new UmaError('login_required', 'Sign in with a browser first.');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const session = await this.sessions.current(request);
    if (session !== undefined) {
      request.loginSession = session;
      return true;
    }
    if (request.method !== 'GET' || !acceptsHtml(request)) throw new UmaError('login_required', 'Sign in first.');
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    throw new SeeOther(reply, loginPath(this.options, request.originalUrl));
  }
}
