import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { missingScopes } from '../../uma/protocol/scopes.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { bearerToken } from './bearer-token.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { RequiredScopes } from './required-scopes.js';

/** Lets a request through that carries an access token with the scopes its route requires; closed when none are named. */
@Injectable()
export class OAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokens,
  ) {}

  /**
   * @throws OAuthRefusal without a token, with one that is not valid, or with too few scopes
   * @throws ForbiddenException on a route that names no scopes, and on any transport but HTTP
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const required = this.reflector.getAllAndOverride(RequiredScopes, [context.getHandler(), context.getClass()]);
    if (required === undefined || context.getType() !== 'http') throw new ForbiddenException();
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (authorization === undefined) throw new OAuthRefusal('no_token');
    const token = bearerToken(authorization);
    const facts = token === undefined ? undefined : await this.accessTokens.find(token);
    if (facts === undefined) throw new OAuthRefusal('invalid_token');
    if (missingScopes(required, facts.scopes).length > 0) throw new OAuthRefusal('insufficient_scope', required);
    return true;
  }
}
