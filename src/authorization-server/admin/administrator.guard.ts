import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { type Account, Accounts } from '../oidc/accounts/accounts.js';
import { ADMINISTRATION_SCOPE } from '../oidc/scopes.js';
import { OwnerSessions } from '../oidc/sessions/owner-sessions.js';
import { refuseForgery } from '../owner/csrf.js';
import { LoginRequired } from '../owner/owner.guard.js';
import { BearerError, bearerToken } from '../uma/bearer.js';
import { AdminOptions } from './admin-options.js';
import { Administrators } from './administrators.js';

interface AdministratorRequest extends FastifyRequest {
  administrator?: Account;
}

/** The administrator who makes the request, in a handler behind the {@link AdministratorGuard}. */
export const CurrentAdministrator = createParamDecorator((_options: unknown, context: ExecutionContext): Account => {
  const { administrator } = context.switchToHttp().getRequest<AdministratorRequest>();
  if (administrator === undefined) throw new Error('A handler for administrators stands behind no AdministratorGuard.');
  return administrator;
});

/**
 * Lets administrators in: by an access token of theirs with scope `administration`, or by their session here. With a
 * session, what changes something takes the session's CSRF token as well.
 */
@Injectable()
export class AdministratorGuard implements CanActivate {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly accounts: Accounts,
    private readonly sessions: OwnerSessions,
    private readonly administrators: Administrators,
    private readonly options: AdminOptions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AdministratorRequest>();
    const token = bearerToken(request.headers.authorization);
    const account = token === undefined ? await this.ofSession(request, http.getResponse()) : await this.ofToken(token);
    if (!this.administrators.include(account)) {
      throw new UmaError('access_denied', 'This is for the administrators of this server.');
    }
    request.administrator = account;
    return true;
  }

  private async ofSession(request: FastifyRequest, reply: FastifyReply): Promise<Account> {
    const session = await this.sessions.current(request, reply);
    if (session === undefined) throw new LoginRequired(this.options.issuer);
    refuseForgery(request, session);
    return session.account;
  }

  private async ofToken(token: string): Promise<Account> {
    const { issuer } = this.options;
    const facts = await this.accessTokens.find(token);
    if (facts === undefined) throw BearerError.invalid(issuer);
    const account = facts.accountId === undefined ? undefined : await this.accounts.find(facts.accountId);
    if (account === undefined || !facts.scopes.includes(ADMINISTRATION_SCOPE)) {
      throw BearerError.insufficient(issuer, ADMINISTRATION_SCOPE);
    }
    return account;
  }
}
