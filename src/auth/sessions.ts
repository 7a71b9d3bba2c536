import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../common/clock.js';
import { digest } from '../common/digest.js';
import { randomHandle } from '../common/randomness.js';
import { Database } from '../database/database.js';
import type { LoginSessionTable, SessionTables } from '../database/sessions.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { Cookies } from './cookies.js';
import { CsrfTokens } from './csrf-tokens.js';
import type { LoginSession } from './login-session.js';
import type { SignIn } from './openid-provider.js';
import { SESSION_TOKEN_STORE } from './session-tokens.js';
import { withoutRefreshToken } from './token-set.js';
import type { TokenStore } from './token-store.js';

const COOKIE = '';
const LIFETIME_SECONDS = 12 * 60 * 60;

/** Who is signed in. The browser holds a random session id and nothing else; the database holds its digest. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database<SessionTables>,
    private readonly clock: Clock,
    private readonly cookies: Cookies,
    private readonly csrfTokens: CsrfTokens,
    @Inject(SESSION_TOKEN_STORE) private readonly store: TokenStore,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Who makes a request; `undefined` when nobody is signed in. */
  async current(request: Pick<FastifyRequest, 'headers'>): Promise<LoginSession | undefined> {
    const handle = this.cookies.read(request, COOKIE);
    if (handle === undefined || handle === '') return undefined;
    const row = await this.database.kysely
      .selectFrom('login_session')
      .select(['id', 'issuer', 'subject', 'name'])
      .where('id', '=', digest(handle))
      .where('expires_ms', '>', this.clock.nowMs())
      .executeTakeFirst();
    return row === undefined ? undefined : this.sessionOf(row);
  }

  /** Whether a person is signed in with any browser. */
  async has({ issuer, subject }: LoginSession['person']): Promise<boolean> {
    const open = await this.database.kysely
      .selectFrom('login_session')
      .select('id')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .where('expires_ms', '>', this.clock.nowMs())
      .executeTakeFirst();
    return open !== undefined;
  }

  /**
   * Begins a session for somebody who has just signed in, under a new id: one that was planted in the browser before
   * is worth nothing. A session of this browser that was open ends.
   */
  async begin(request: FastifyRequest, reply: FastifyReply, signIn: SignIn): Promise<LoginSession> {
    await this.forget(request);
    const handle = randomHandle();
    const nowMs = this.clock.nowMs();
    // A PAT's refresh token is the PatKeeper's alone: spent by two it would be spent twice.
    const tokens = this.options.keepPat ? withoutRefreshToken(signIn.tokens) : signIn.tokens;
    const row: LoginSessionTable = {
      id: digest(handle),
      issuer: signIn.person.issuer,
      subject: signIn.person.subject,
      name: signIn.name ?? null,
      tokens: this.store.seal(tokens),
      tokens_version: 1,
      refreshing_until_ms: null,
      expires_ms: nowMs + LIFETIME_SECONDS * 1000,
    };
    await this.database.kysely.deleteFrom('login_session').where('expires_ms', '<=', nowMs).execute();
    await this.database.kysely.insertInto('login_session').values(row).execute();
    this.cookies.write(reply, COOKIE, handle, LIFETIME_SECONDS);
    return this.sessionOf(row);
  }

  /** Signs this browser out. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.forget(request);
    this.cookies.clear(reply, COOKIE);
  }

  private async forget(request: FastifyRequest): Promise<void> {
    const handle = this.cookies.read(request, COOKIE);
    if (handle === undefined) return;
    await this.database.kysely.deleteFrom('login_session').where('id', '=', digest(handle)).execute();
  }

  private sessionOf(row: Pick<LoginSessionTable, 'id' | 'issuer' | 'subject' | 'name'>): LoginSession {
    const { id, issuer, subject, name } = row;
    const csrfToken = this.csrfTokens.of(id);
    return { id, person: { issuer, subject }, csrfToken, ...(name !== null && { name }) };
  }
}
