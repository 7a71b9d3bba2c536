import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { SHARING_SCOPE } from '../oidc/scopes.js';
import { OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { BearerError, bearerToken } from '../uma/bearer.js';
import { UmaOptions } from '../uma/uma-options.js';
import { refuseForgery } from './csrf.js';

interface OwnedRequest extends FastifyRequest {
  ownerId?: string;
}

/**
 * Refuses who neither is signed in nor sent a token; the challenge names no error then.
 *
 * @see RFC 6750 section 3, RFC 9110 section 15.5.2 (401 takes a challenge)
 */
export class LoginRequired extends UmaError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(realm: string) {
    super('login_required', 'Sign in, or send an access token.');
    this.headers = BearerError.missing(realm).headers;
  }
}

/** Account id of the owner who makes the request, in a handler behind the {@link OwnerGuard}. */
export const CurrentOwner = createParamDecorator((_options: unknown, context: ExecutionContext): string => {
  const { ownerId } = context.switchToHttp().getRequest<OwnedRequest>();
  if (ownerId === undefined) throw new Error('A handler that takes an owner stands behind no OwnerGuard.');
  return ownerId;
});

/**
 * Lets owners in: by an access token with scope `sharing`, or by their session here. With a session, what changes
 * something takes the session's CSRF token as well.
 */
@Injectable()
export class OwnerGuard implements CanActivate {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly sessions: OwnerSessions,
    private readonly options: UmaOptions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<OwnedRequest>();
    const token = bearerToken(request.headers.authorization);
    request.ownerId =
      token === undefined ? await this.ownerBySession(request, http.getResponse()) : await this.ownerByToken(token);
    return true;
  }

  private async ownerBySession(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) throw new LoginRequired(this.options.issuer);
    refuseForgery(request, session);
    return session.account.id;
  }

  private async ownerByToken(token: string): Promise<string> {
    const facts = await this.accessTokens.find(token);
    if (facts === undefined) throw BearerError.invalid(this.options.issuer);
    if (facts.accountId === undefined || !facts.scopes.includes(SHARING_SCOPE)) {
      throw BearerError.insufficient(this.options.issuer, SHARING_SCOPE);
    }
    return facts.accountId;
  }
}
