import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../common/clock.js';
import { equalInConstantTime } from '../common/digest.js';
import { randomHandle } from '../common/randomness.js';
import { Sealer } from '../common/sealing.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { Cookies } from './cookies.js';
import { openSealed } from './open-sealed.js';

const COOKIE = 'login';
const LIFETIME_SECONDS = 15 * 60;

/** A sign-in that has begun and not yet come back. */
export interface LoginAttempt {
  /** Ties the answer to this browser. @see RFC 6749 section 10.12 */
  readonly state: string;
  /** Ties the ID token to this attempt. */
  readonly nonce: string;
  /** Proves that whoever redeems the code began the attempt. @see RFC 7636 */
  readonly verifier: string;
  /** Path of this server to go to afterwards; `undefined` when none was asked for. */
  readonly returnTo: string | undefined;
  /** Whether consent is asked for explicitly. */
  readonly consent: boolean;
}

/** Keeps each browser's sign-in attempt in that browser, sealed, for a quarter of an hour. */
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

  /** Begins an attempt; an earlier one of the same browser ends. */
  begin(reply: FastifyReply, wishes: Pick<LoginAttempt, 'returnTo' | 'consent'>): LoginAttempt {
    const attempt = { ...wishes, state: randomHandle(), nonce: randomHandle(), verifier: randomHandle() };
    const untilMs = this.clock.nowMs() + LIFETIME_SECONDS * 1000;
    this.cookies.write(reply, COOKIE, this.sealer.seal(JSON.stringify({ attempt, untilMs })), LIFETIME_SECONDS);
    return attempt;
  }

  /**
   * Ends the attempt of this browser.
   *
   * @returns `undefined` when it has none that `state` belongs to, or it took too long
   */
  finish(request: FastifyRequest, reply: FastifyReply, state: unknown): LoginAttempt | undefined {
    const sealed = this.cookies.read(request, COOKIE);
    if (sealed === undefined) return undefined;
    this.cookies.clear(reply, COOKIE);
    const text = openSealed(this.sealer, sealed);
    if (text === undefined || typeof state !== 'string') return undefined;
    const { attempt, untilMs } = JSON.parse(text) as { attempt: LoginAttempt; untilMs: number };
    return this.clock.nowMs() < untilMs && equalInConstantTime(state, attempt.state) ? attempt : undefined;
  }
}
