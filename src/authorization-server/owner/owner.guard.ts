import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { SHARING_SCOPE } from '../oidc/scopes.js';
import { OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { type BearerRefusal, bearerToken, refusedToken } from '../uma/bearer.js';
import { UmaOptions } from '../uma/uma-options.js';
import { refuseForgery } from './csrf.js';

interface OwnedRequest extends FastifyRequest {
  ownerId?: string;
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
    const reply = http.getResponse<FastifyReply>();
    const token = bearerToken(request.headers.authorization);
    request.ownerId =
      token === undefined ? await this.ownerBySession(request, reply) : await this.ownerByToken(token, reply);
    return true;
  }

  private async ownerBySession(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) throw new UmaError('login_required', 'Sign in, or send an access token.');
    refuseForgery(request, session);
    return session.account.id;
  }

  private async ownerByToken(token: string, reply: FastifyReply): Promise<string> {
    const facts = await this.accessTokens.find(token);
    if (facts === undefined) {
      throw challenged(reply, refusedToken(this.options.issuer, 'invalid_token', 'The access token is not valid.'));
    }
    if (facts.accountId === undefined || !facts.scopes.includes(SHARING_SCOPE)) {
      const description = 'This takes an access token of a person with scope sharing.';
      throw challenged(reply, refusedToken(this.options.issuer, 'insufficient_scope', description, SHARING_SCOPE));
    }
    return facts.accountId;
  }
}

function challenged(reply: FastifyReply, { challenge, error }: BearerRefusal): Error {
  void reply.header('www-authenticate', challenge);
  return error;
}
