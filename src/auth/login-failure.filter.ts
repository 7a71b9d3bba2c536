import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../uma/protocol/uma-error.js';
import { acceptsHtml } from './accepts-html.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { loginPath } from './login-path.js';
import { loginFailurePage, sendPage } from './pages.js';
import { SignInFailed } from './sign-in-failed.js';

/** Tells people and programs, each in their own form, that a sign-in failed. */
@Catch(UmaError)
export class LoginFailureFilter implements ExceptionFilter<UmaError> {
  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {}

  catch(failure: UmaError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    void reply.status(failure.status).header('cache-control', 'no-store');
    void reply.send(acceptsHtml(request) ? sendPage(reply, this.page(failure)) : failure.toBody());
  }

  private page(failure: UmaError): string {
    const again = loginPath(this.options, failure instanceof SignInFailed ? failure.returnTo : undefined);
    return loginFailurePage(this.options, failure, again);
  }
}
