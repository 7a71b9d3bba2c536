import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../common/clock.js';
import { digest, equalInConstantTime } from '../common/digest.js';
import { randomHandle } from '../common/randomness.js';
import { Sealer } from '../common/sealing.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { Cookies } from './cookies.js';
import { openSealed } from './open-sealed.js';

const COOKIES = 'login_';
const LIFETIME_SECONDS = 15 * 60;
/** Somebody may sign in from several tabs; each attempt makes every request of the browser longer. */
const MAX_ATTEMPTS = 4;

/** A sign-in that has begun and not yet come back. */
export interface LoginAttempt {
  /** Ties the answer to this browser. @see RFC 6749 section 10.12 */
  readonly state: string;
  /** Ties the ID token to this attempt. */
  readonly nonce: string;
  /** Where it leads: whoever answers has to be this authorization server. @see RFC 9700 section 4.4 */
  readonly issuer: string;
  /** Proves that whoever redeems the code began the attempt. @see RFC 7636 */
  readonly verifier: string;
  /** Path of this server to go to afterwards; `undefined` when none was asked for. */
  readonly returnTo: string | undefined;
  /** Whether consent is asked for explicitly. */
  readonly consent: boolean;
}

interface KeptAttempt {
  readonly attempt: LoginAttempt;
  readonly untilMs: number;
}

/** Keeps each browser's sign-in attempts in that browser, sealed, for a quarter of an hour. */
@Injectable()
export class LoginAttempts {
  private readonly sealer: Sealer;

  constructor(
    private readonly clock: Clock,
    private readonly cookies: Cookies,
    @Inject(AUTH_OPTIONS) { secretKey }: AuthOptions,
  ) {
    this.sealer = new Sealer(secretKey, 'login attempt');
  }

  /** Begins an attempt beside those of other tabs; of very many the oldest ends. */
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    wishes: Pick<LoginAttempt, 'issuer' | 'returnTo' | 'consent'>,
  ): LoginAttempt {
    this.makeRoom(request, reply);
    const attempt = { ...wishes, state: randomHandle(), nonce: randomHandle(), verifier: randomHandle() };
    const untilMs = this.clock.nowMs() + LIFETIME_SECONDS * 1000;
    const sealed = this.sealer.seal(JSON.stringify({ attempt, untilMs } satisfies KeptAttempt));
    this.cookies.write(reply, suffixOf(attempt.state), sealed, LIFETIME_SECONDS);
    return attempt;
  }

  /**
   * Ends the attempt of this browser that `state` belongs to, and no other.
   *
   * @returns `undefined` when it has none, or it took too long
   */
  finish(request: FastifyRequest, reply: FastifyReply, state: unknown): LoginAttempt | undefined {
    if (typeof state !== 'string') return undefined;
    const kept = this.read(request, suffixOf(state));
    if (kept === undefined) return undefined;
    this.cookies.clear(reply, suffixOf(state));
    const { attempt, untilMs } = kept;
    return this.clock.nowMs() < untilMs && equalInConstantTime(state, attempt.state) ? attempt : undefined;
  }

  private makeRoom(request: FastifyRequest, reply: FastifyReply): void {
    const newestFirst = this.cookies
      .suffixes(request, COOKIES)
      .map((suffix) => ({ suffix, untilMs: this.read(request, suffix)?.untilMs ?? 0 }))
      .sort((one, other) => other.untilMs - one.untilMs);
    for (const { suffix } of newestFirst.slice(MAX_ATTEMPTS - 1)) this.cookies.clear(reply, suffix);
  }

  private read(request: FastifyRequest, suffix: string): KeptAttempt | undefined {
    const sealed = this.cookies.read(request, suffix);
    const text = sealed === undefined ? undefined : openSealed(this.sealer, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as KeptAttempt);
  }
}

/** The cookie of an attempt: its name must not tell the state itself. */
const suffixOf = (state: string): string => `${COOKIES}${digest(state).slice(0, 16)}`;
