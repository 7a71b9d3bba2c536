import { applyDecorators, Inject, Injectable } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, ApiSeeOtherResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from './accepts-html.js';
import { AUTH_OPTIONS, type AuthOptions, basePathOf } from './auth.options.js';
import { Login } from './login.js';
import type { SignIn } from './openid-provider.js';
import { seeOther } from './see-other.js';
import { SignInSummary } from './sign-in-answers.js';
import { revealTokens } from './token-set.js';

/** What a browser may bring back from an authorization server, and what it gets. */
export const SignInReturned = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'code', required: false, type: String, description: 'The authorization code.' }),
    ApiQuery({ name: 'state', required: false, type: String, description: 'What the sign-in was begun with.' }),
    ApiQuery({ name: 'error', required: false, type: String, description: 'Why there is no code.' }),
    ApiOkResponse({ type: SignInSummary, description: 'For a program.' }),
    ApiSeeOtherResponse({ description: 'For a browser: where it wanted to go.' }),
  );

/** Answers whoever comes back from an authorization server. */
@Injectable()
export class SignInReturn {
  constructor(
    private readonly login: Login,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** @param id of the server whose address it is; `undefined` for that of the main one */
  async take(request: FastifyRequest, reply: FastifyReply, id: string | undefined): Promise<SignInSummary | string> {
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
