import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import type { OidcOptions } from '../../src/authorization-server/oidc/oidc.options.js';
import { OidcModule } from '../../src/authorization-server/oidc/oidc.module.js';
import { StylesheetController } from '../../src/apps/stylesheet.controller.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { Clock } from '../../src/common/clock.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import type { OidcTables } from '../../src/database/authorization-server/oidc.js';
import { Database } from '../../src/database/database.js';
import { freePort } from './free-port.js';
import { PASSWORD_ROUNDS } from './password-rounds.js';

/** An OpenID provider on a loopback port, with what a test may want to look at. */
export interface OidcApplication {
  readonly app: NestFastifyApplication;
  readonly issuer: string;
  readonly clock: FixedClock;
  readonly database: Database<OidcTables>;
  close(): Promise<void>;
}

/** What a test may want otherwise. */
export interface OidcApplicationOptions extends Partial<Omit<OidcOptions, 'issuer'>> {
  /** Path of the issuer: `/t1`. */
  readonly basePath?: string;
  readonly port?: number;
  readonly controllers?: readonly Type[];
}

/** Where no server listens: the redirect URI of {@link VIEWER}. */
export const CALLBACK = 'http://127.0.0.1:9/callback';

export const ALICE = { username: 'alice', password: 'demo', name: 'Alice Rivers', email: 'alice@example.org' } as const;
export const BOB = { username: 'bob', password: 'demo-bob', name: 'Bob Stone', email: 'bob@example.org' } as const;

/** A confidential client that people use. */
export const VIEWER = {
  client_id: 'viewer',
  client_secret: new Secret('viewer-secret-of-the-tests'),
  client_name: 'Pulse Viewer',
  redirect_uris: [CALLBACK],
  post_logout_redirect_uris: ['http://127.0.0.1:9/bye'],
  grant_types: ['authorization_code', 'refresh_token'],
};

/** A client that acts for itself. */
export const MACHINE = {
  client_id: 'testclient',
  client_secret: new Secret('testsecret'),
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: 'read write',
};

/** Starts the OpenID provider on a database that has its tables. */
export async function startOidcApplication(
  database: Database<OidcTables>,
  { basePath = '', port, controllers = [], ...options }: OidcApplicationOptions = {},
): Promise<OidcApplication> {
  const clock = new FixedClock();
  const listening = port ?? (await freePort());
  const issuer = `http://127.0.0.1:${listening}${basePath}`;
  const module = testModule(database, clock, controllers, { ...defaults(), ...options, issuer });
  const app = await createApp(module, {
    name: 'authorization-server',
    logLevel: 'silent',
    trustProxy: [],
    basePath,
    rateLimits: [],
    openApi: { title: 'OpenID provider' },
  });
  await app.listen(listening, '127.0.0.1');
  return { app, issuer, clock, database, close: () => app.close() };
}

function defaults(): Omit<OidcOptions, 'issuer'> {
  return {
    secretKey: new Secret('a secret key that only the tests know'),
    registrationToken: new Secret('initial-access-token-of-the-tests'),
    clients: [VIEWER, MACHINE],
    accounts: [ALICE, BOB].map((person) => ({ ...person, password: new Secret(person.password) })),
    passwordRounds: PASSWORD_ROUNDS,
    demoRoutes: true,
  };
}

@Global()
@Module({})
class SurroundingsModule {}

@Module({})
class TestModule {}

function testModule(
  database: Database<OidcTables>,
  clock: FixedClock,
  controllers: readonly Type[],
  options: OidcOptions,
): DynamicModule {
  const surroundings = {
    module: SurroundingsModule,
    providers: [
      { provide: Database, useValue: database },
      { provide: Clock, useValue: clock },
    ],
    exports: [Database, Clock],
  };
  return {
    module: TestModule,
    imports: [surroundings, OidcModule.register(options)],
    controllers: [StylesheetController, ...controllers],
  };
}
