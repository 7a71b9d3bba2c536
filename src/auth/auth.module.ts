import { type DynamicModule, Module, type Provider } from '@nestjs/common';

import { Sealer } from '../common/sealing.js';
import { Database } from '../database/database.js';
import { PatSource } from '../uma/protection-api/pat-source.js';
import { isSecureUrl } from '../uma/protocol/discovery.js';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { ConsentMemory } from './consent-memory.js';
import { Cookies } from './cookies.js';
import { CsrfGuard } from './csrf.guard.js';
import { CsrfTokens } from './csrf-tokens.js';
import { DeviceLogin } from './device-login.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginListener, NoListener } from './login-listener.js';
import { LoginListeners } from './login-listeners.js';
import { LoginController } from './login.controller.js';
import { Login } from './login.js';
import { LogoutController } from './logout.controller.js';
import { OpenIdProviders } from './openid-providers.js';
import { OtherCallbackController } from './other-callback.controller.js';
import { PatKeeper } from './pat-keeper.js';
import { SESSION_TOKEN_STORE, SessionTokens } from './session-tokens.js';
import { Sessions } from './sessions.js';
import { SignedInGuard } from './signed-in.guard.js';
import { SignInReturn } from './sign-in-return.js';
import { type TokenTables, TokenStore } from './token-store.js';
import { UserInfoController } from './user-info.controller.js';

/** Signing people in at an authorization server: `/login`, `/callback`, `/userInfo`, `/logout`, and their sessions. */
@Module({})
export class AuthModule {
  /** @throws Error when an issuer is not reached over TLS and is not this very machine, or two servers cannot be told apart */
  static register(options: AuthOptions): DynamicModule {
    const { servers } = options;
    if (!servers.every(({ issuer }) => isSecureUrl(issuer))) throw new Error('The issuer must be an https URL.');
    const isTold = (member: 'issuer' | 'id') =>
      new Set(servers.map((server) => server[member])).size === servers.length;
    if (!isTold('issuer') || !isTold('id'))
      throw new Error('Each authorization server needs an issuer and an id of its own.');
    const exported = [Sessions, SessionTokens, SignedInGuard, CsrfGuard, DeviceLogin];
    const pats: Provider[] = [PatKeeper, { provide: PatSource, useExisting: PatKeeper }];
    return {
      module: AuthModule,
      global: true,
      controllers: [
        LoginController,
        ...(servers.length > 1 ? [OtherCallbackController] : []),
        UserInfoController,
        LogoutController,
      ],
      providers: [
        { provide: AUTH_OPTIONS, useValue: options },
        {
          provide: SESSION_TOKEN_STORE,
          inject: [Database],
          useFactory: (database: Database<TokenTables>) =>
            new TokenStore(database, 'login_session', new Sealer(options.secretKey, 'session tokens')),
        },
        { provide: LoginListener, useClass: NoListener },
        ...[Cookies, CsrfTokens, LoginAttempts, LoginListeners, ConsentMemory, Login, SignInReturn, OpenIdProviders],
        ...exported,
        ...(options.keepPat ? pats : []),
      ],
      exports: [AUTH_OPTIONS, ...exported, ...(options.keepPat ? [PatKeeper, PatSource] : [])],
    };
  }
}
