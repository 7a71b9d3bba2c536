import { Injectable } from '@nestjs/common';

import type { LoginSession } from '../auth/login-session.js';
import { SessionTokens } from '../auth/session-tokens.js';
import type { RequestingParty } from './uma-client/index.js';

/** Makes the person of a login session the requesting party of a UMA flow. */
@Injectable()
export class RequestingParties {
  constructor(private readonly tokens: SessionTokens) {}

  /** The ID token is fetched only when an authorization server asks for it. */
  of(session: LoginSession): RequestingParty {
    return { ...session.person, idToken: () => this.tokens.idToken(session) };
  }
}
