import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Sealer } from '../common/sealing.js';
import { AUTH_OPTIONS, type AuthOptions, type SignInServer } from './auth.options.js';
import { Cookies } from './cookies.js';
import { openSealed } from './open-sealed.js';
import { PatKeeper } from './pat-keeper.js';

const COOKIE = 'consented';
const LIFETIME_SECONDS = 365 * 24 * 60 * 60;

/**
 * Remembers in a browser who signed in with it last, so that the next sign-in need not ask for consent again. It is a
 * guess about who will come: what it gets wrong shows after the sign-in, when the PAT is looked for.
 */
@Injectable()
export class ConsentMemory {
  private readonly sealer: Sealer;

  constructor(
    private readonly cookies: Cookies,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Optional() private readonly pats?: PatKeeper,
  ) {
    this.sealer = new Sealer(options.secretKey, 'consent memory');
  }

  /** Whether a sign-in from this browser at an authorization server should ask for consent. */
  async mustAsk(request: FastifyRequest, server: SignInServer): Promise<boolean> {
    if (!this.options.consentOnce) return false;
    const subject = this.subjectOf(request, server);
    if (subject === undefined) return true;
    return this.pats !== undefined && !(await this.pats.has({ issuer: server.issuer, subject }));
  }

  /** Notes who has signed in there. */
  remember(reply: FastifyReply, server: SignInServer, subject: string): void {
    if (!this.options.consentOnce) return;
    this.cookies.write(reply, cookieOf(server), this.sealer.seal(subject), LIFETIME_SECONDS);
  }

  private subjectOf(request: FastifyRequest, server: SignInServer): string | undefined {
    const sealed = this.cookies.read(request, cookieOf(server));
    return sealed === undefined ? undefined : openSealed(this.sealer, sealed);
  }
}

const cookieOf = ({ id }: SignInServer): string => (id === undefined ? COOKIE : `${COOKIE}_${id}`);
