import { createHmac, hkdfSync } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';

/** Derives the CSRF token of each session from the process's secret: nothing is stored that could be stolen. */
@Injectable()
export class CsrfTokens {
  private readonly key: Buffer;

  constructor(@Inject(AUTH_OPTIONS) { secretKey }: AuthOptions) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey.reveal(), 'pulsegate', 'csrf token', 32));
  }

  /** @param sessionId of the login session */
  of(sessionId: string): string {
    return createHmac('sha256', this.key).update(sessionId).digest('base64url');
  }
}
