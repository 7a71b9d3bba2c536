import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { SSF_MANAGE_SCOPE } from '../../uma/protocol/shared-signals.js';
import { bearerToken } from '../oauth-guard/bearer-token.js';
import { OAuthRefusal } from '../oauth-guard/oauth-refusal.js';
import { AccessTokens } from '../oidc/access-tokens.js';

interface ReceiverRequest extends FastifyRequest {
  receiverClientId?: string;
}

/** Client id of the resource server that makes the request, in a handler behind the {@link StreamGuard}. */
export const CurrentReceiver = createParamDecorator((_options: unknown, context: ExecutionContext): string => {
  const { receiverClientId } = context.switchToHttp().getRequest<ReceiverRequest>();
  if (receiverClientId === undefined) throw new Error('A handler that takes a receiver stands behind no StreamGuard.');
  return receiverClientId;
});

/**
 * Lets clients manage their own streams that act for themselves, by an access token with scope `ssf.manage`: a person's
 * token does not do, for people have no streams.
 *
 * @see SSF 1.0 section 8, RFC 6750 section 3
 */
@Injectable()
export class StreamGuard implements CanActivate {
  constructor(private readonly accessTokens: AccessTokens) {}

  /** @throws OAuthRefusal without such a token */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ReceiverRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined) throw new OAuthRefusal('no_token');
    const token = bearerToken(authorization);
    const facts = token === undefined ? undefined : await this.accessTokens.find(token);
    if (facts === undefined) throw new OAuthRefusal('invalid_token');
    if (facts.accountId !== undefined || !facts.scopes.includes(SSF_MANAGE_SCOPE)) {
      throw new OAuthRefusal('insufficient_scope', [SSF_MANAGE_SCOPE]);
    }
    request.receiverClientId = facts.clientId;
    return true;
  }
}
