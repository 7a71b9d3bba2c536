import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';

import { ENDPOINTS } from '../../endpoints.js';
import { type Account, Accounts } from '../accounts/accounts.js';
import { SHARING_CONSOLE, SIGNED_IN_PATH } from '../clients/sharing-console.js';
import { FormTokens } from '../form-tokens.js';
import { OIDC_OPTIONS, OIDC_PROVIDER, type OidcOptions } from '../oidc.options.js';
import { addressAs } from '../provider/provider.middleware.js';
import { ownPage } from './own-pages.js';

/** A person who is signed in at this server in the browser at hand. */
export interface OwnerSession {
  readonly account: Account;
  /** What each form and each unsafe request of this session has to carry. */
  readonly csrfToken: string;
  /** When the person last proved who they are, in milliseconds. */
  readonly signedInMs: number;
}

/** Lets this server's own pages know who is signed in: by the provider's session, so that there is only one sign-in. */
@Injectable()
export class OwnerSessions {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    @Inject(OIDC_OPTIONS) private readonly options: OidcOptions,
    private readonly accounts: Accounts,
    private readonly formTokens: FormTokens,
  ) {}

  /** The session of a request; undefined when nobody is signed in. */
  async current(request: FastifyRequest, reply: FastifyReply): Promise<OwnerSession | undefined> {
    addressAs(this.options.issuer, request.raw);
    const session = await this.provider.Session.get(this.provider.createContext(request.raw, reply.raw));
    const account = session.accountId === undefined ? undefined : await this.accounts.find(session.accountId);
    if (account === undefined || account.suspended) return undefined;
    return { account, csrfToken: this.formTokens.of(session.uid), signedInMs: (session.loginTs ?? 0) * 1000 };
  }

  /** Signs the person out in this browser. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    addressAs(this.options.issuer, request.raw);
    const session = await this.provider.Session.get(this.provider.createContext(request.raw, reply.raw));
    await session.destroy();
  }

  /**
   * Where to send a visitor who is to sign in.
   *
   * @param returnTo the page of this server to come back to: its path below the issuer, with its query
   * @param again whether somebody who is signed in has to prove it once more
   */
  signInUrl(returnTo: string, { again = false } = {}): string {
    const { issuer } = this.options;
    const query = new URLSearchParams({
      client_id: SHARING_CONSOLE,
      response_type: 'none',
      scope: 'openid',
      redirect_uri: `${issuer}${SIGNED_IN_PATH}`,
      state: ownPage(issuer, returnTo).slice(issuer.length),
      ...(again ? { prompt: 'login' } : {}),
    });
    return `${issuer}${ENDPOINTS.authorization}?${query.toString()}`;
  }
}
