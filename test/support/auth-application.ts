import { Controller, Get, Global, type INestApplication, Module, Post, type Provider } from '@nestjs/common';
import type { AddressInfo } from 'node:net';

import {
  AuthModule,
  type AuthOptions,
  type SignInServer,
  CurrentSession,
  type LoginSession,
  SignedIn,
} from '../../src/auth/index.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { Clock } from '../../src/common/clock.js';
import { Secret } from '../../src/common/secret.js';
import { Database } from '../../src/database/database.js';
import type { PatTables } from '../../src/database/resource-server/pats.js';
import type { SessionTables } from '../../src/database/sessions.js';
import type { FakeOpenIdProvider } from './fake-openid-provider.js';

@Controller()
class PersonalController {
  @Get('me')
  @SignedIn()
  me(@CurrentSession() session: LoginSession): LoginSession {
    return session;
  }

  @Post('me')
  @SignedIn()
  change(@CurrentSession() { person }: LoginSession): string {
    return `changed by ${person.subject}`;
  }

  @Get('careless')
  careless(@CurrentSession() session: LoginSession): string {
    return session.id;
  }

  @Get()
  home(): string {
    return 'home';
  }
}

/** Where people sign in, and as which client: a fake provider, or a real one. */
export type ProviderToSignInAt = Pick<FakeOpenIdProvider, 'issuer' | 'clientId' | 'clientSecret'>;

/** What {@link authApplication} is made of. */
export interface AuthApplicationParts {
  readonly provider: ProviderToSignInAt;
  readonly clock: Clock;
  readonly database: Database<SessionTables & PatTables>;
  readonly options?: Partial<AuthOptions>;
  readonly providers?: readonly Provider[];
}

/** A process that signs people in at a provider, listening on a random port of loopback. */
export async function authApplication(parts: AuthApplicationParts): Promise<{ app: INestApplication; base: string }> {
  let base = authOptions(parts.provider).baseUrl;
  // The port is known when the application listens: until then the options hold a placeholder.
  const options = Object.defineProperty({ ...authOptions(parts.provider), ...parts.options }, 'baseUrl', {
    get: () => parts.options?.baseUrl ?? base,
  });
  @Global()
  @Module({
    providers: [
      { provide: Clock, useValue: parts.clock },
      { provide: Database, useValue: parts.database },
      ...(parts.providers ?? []),
    ],
    exports: [Clock, Database],
  })
  class PortsModule {}
  @Module({ imports: [PortsModule, AuthModule.register(options)], controllers: [PersonalController] })
  class ApplicationModule {}
  const app = await createApp(ApplicationModule, {
    name: 'test',
    logLevel: 'silent',
    trustProxy: [],
    rateLimits: [],
    openApi: { title: 'Test' },
    basePath: parts.options?.baseUrl === undefined ? '' : new URL(parts.options.baseUrl).pathname.replace(/\/$/, ''),
  });
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  return { app, base };
}

/** A provider as the process knows it. */
export function serverOf(provider: ProviderToSignInAt, changes: Partial<SignInServer> = {}): SignInServer {
  return {
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: new Secret(provider.clientSecret),
    scopes: 'openid uma_protection offline_access',
    patScope: 'uma_protection',
    ...changes,
  };
}

/** Options that fit a provider. */
export function authOptions(provider: ProviderToSignInAt): AuthOptions {
  return {
    servers: [serverOf(provider)],
    baseUrl: 'http://127.0.0.1:1',
    consentOnce: true,
    keepPat: true,
    cookieName: 'rs',
    secretKey: new Secret('a secret key of a test, 32 bytes'),
    devShowTokens: false,
  };
}
