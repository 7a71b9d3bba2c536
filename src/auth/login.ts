import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaError } from '../uma/protocol/uma-error.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { ConsentMemory } from './consent-memory.js';
import { type LoginAttempt, LoginAttempts } from './login-attempts.js';
import { LoginListeners } from './login-listeners.js';
import type { OpenIdProvider, SignIn } from './openid-provider.js';
import { OpenIdProviders } from './openid-providers.js';
import { PatKeeper } from './pat-keeper.js';
import { Sessions } from './sessions.js';
import { towards } from './sign-in-failed.js';

/** How a visit to the callback ended: signed in, or sent to the authorization server once more. */
export type LoginOutcome =
  | { readonly kind: 'signed-in'; readonly signIn: SignIn; readonly returnTo: string | undefined }
  | { readonly kind: 'once-more'; readonly url: string };

/** A visit to the callback, and the attempt that it ends. */
interface Return {
  readonly attempt: LoginAttempt;
  readonly provider: OpenIdProvider;
  readonly query: string;
}

/**
 * Signing in, from the first redirect to the session. Every method throws UmaError when it cannot be: SignInFailed where
 * it is known where the sign-in was to lead.
 */
@Injectable()
export class Login {
  constructor(
    private readonly providers: OpenIdProviders,
    private readonly attempts: LoginAttempts,
    private readonly sessions: Sessions,
    private readonly memory: ConsentMemory,
    private readonly listeners: LoginListeners,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Optional() private readonly pats?: PatKeeper,
  ) {}

  /** @returns where to send the browser to sign in at an authorization server */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    provider: OpenIdProvider,
    returnTo: string | undefined,
  ): Promise<string> {
    return towards(returnTo, async () => {
      const consent = await this.memory.mustAsk(request, provider.server);
      return this.attempt(request, reply, provider, { returnTo, consent });
    });
  }

  /**
   * Takes what the browser brought back from an authorization server.
   *
   * @param id of the server whose address it came back to
   */
  async finish(request: FastifyRequest, reply: FastifyReply, id: string | undefined): Promise<LoginOutcome> {
    const query = new URL(request.url, this.options.baseUrl).searchParams;
    const attempt = this.attempts.finish(request, reply, query.get('state'));
    const provider = attempt && this.providers.find(attempt.issuer);
    // Another server's answer: what it brings must not be shown to this one, nor taken for its word.
    if (attempt === undefined || provider === undefined || provider.server.id !== id) {
      throw new UmaError('invalid_request', 'This sign-in was not begun in this browser, or took too long.');
    }
    return towards(attempt.returnTo, () =>
      this.complete(request, reply, { attempt, provider, query: query.toString() }),
    );
  }

  /** Signs a browser out; whoever listens hears of it when it was the person's last one. */
  async signOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.sessions.current(request);
    await this.sessions.end(request, reply);
    if (session === undefined || (await this.sessions.has(session.person))) return;
    await this.listeners.signedOut(session.person);
  }

  private async complete(
    request: FastifyRequest,
    reply: FastifyReply,
    { attempt, provider, query }: Return,
  ): Promise<LoginOutcome> {
    const signIn = await provider.redeem(query, attempt);
    const { returnTo } = attempt;
    const onceMore = async (): Promise<LoginOutcome> => ({
      kind: 'once-more',
      url: await this.attempt(request, reply, provider, { returnTo, consent: true }),
    });
    const mayAsk = this.options.consentOnce && !attempt.consent;
    const hasPat = (await this.pats?.offer(signIn, attempt.consent)) ?? true;
    if (!hasPat && mayAsk) return onceMore();
    await this.sessions.begin(request, reply, signIn);
    this.memory.remember(reply, provider.server, signIn.person.subject);
    await this.listeners.signedIn(signIn);
    // Whoever was told may have used the PAT, and found that the authorization server takes it no more.
    const isLost = hasPat && (await this.pats?.has(signIn.person)) === false;
    return isLost && mayAsk ? onceMore() : { kind: 'signed-in', signIn, returnTo };
  }

  private async attempt(
    request: FastifyRequest,
    reply: FastifyReply,
    provider: OpenIdProvider,
    wishes: Pick<LoginAttempt, 'returnTo' | 'consent'>,
  ): Promise<string> {
    const { issuer } = provider.server;
    return provider.authorizationUrl(this.attempts.begin(request, reply, { issuer, ...wishes }));
  }
}
