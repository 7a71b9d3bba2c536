import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { AuthorizationServerModule } from '../../src/apps/authorization-server.module.js';
import {
  CLAIM_LIFETIME_SECONDS,
  REFRESH_LIFETIME_SECONDS,
  RPT_LIFETIME_SECONDS,
  TICKET_LIFETIME_SECONDS,
} from '../../src/common/lifetimes.js';
import type { AuthorizationServerOptions } from '../../src/apps/authorization-server.module.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import type { Dialect } from '../../src/database/database.js';
import { databaseOptionsFor, deleteDatabase } from './databases.js';
import { freePort } from './free-port.js';
import { PASSWORD_ROUNDS } from './password-rounds.js';

/** The initial access token of {@link startAuthorizationServer}. */
export const REGISTRATION_TOKEN = 'initial-access-token-of-the-tests';

/** People of {@link startAuthorizationServer}. */
export const PEOPLE = ['alice', 'bob', 'carol'].map((username) => ({
  username,
  password: `password-of-${username}`,
  name: username.replace(/^./, (letter) => letter.toUpperCase()),
  email: `${username}@example.org`,
}));

/** A whole authorization server on a loopback port, with a clock that the test moves. */
export interface AuthorizationServer {
  readonly app: NestFastifyApplication;
  readonly issuer: string;
  /** Starts at the present time, because the OpenID provider goes by the machine's clock. */
  readonly clock: FixedClock;
  /** Ends the process, as it were, and starts it again on the same database and port. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the authorization server, as its main does, on a new database.
 *
 * @param basePath path of its issuer, without a trailing slash
 * @param options settings other than the usual ones
 */
export async function startAuthorizationServer(
  dialect: Dialect,
  basePath = '',
  options: Partial<AuthorizationServerOptions> = {},
): Promise<AuthorizationServer> {
  const clock = new FixedClock(Date.now());
  const database = databaseOptionsFor(dialect, 'authorization_server');
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}${basePath}`;
  const boot = async (): Promise<NestFastifyApplication> => {
    const module = AuthorizationServerModule.register({
      issuer,
      clock,
      database,
      secretKey: new Secret('a secret key that only the tests know'),
      registrationToken: new Secret(REGISTRATION_TOKEN),
      clients: [],
      accounts: PEOPLE.map((person) => ({ ...person, password: new Secret(person.password) })),
      passwordRounds: PASSWORD_ROUNDS,
      demoRoutes: false,
      ticketLifetimeSeconds: TICKET_LIFETIME_SECONDS,
      rptLifetimeSeconds: RPT_LIFETIME_SECONDS,
      refreshLifetimeSeconds: REFRESH_LIFETIME_SECONDS,
      claimLifetimeSeconds: CLAIM_LIFETIME_SECONDS,
      claimIssuers: [],
      partialGrants: 'ticket-complete',
      administrators: [],
      ...options,
    });
    const booted = await createApp(module, {
      name: 'authorization-server',
      logLevel: 'warn',
      trustProxy: [],
      rateLimits: [],
      basePath,
      openApi: { title: 'Authorization server' },
    });
    await booted.listen(port, '127.0.0.1');
    return booted;
  };
  let app = await boot();
  return {
    get app() {
      return app;
    },
    issuer,
    clock,
    restart: async (meanwhile) => {
      await app.close();
      await meanwhile?.();
      app = await boot();
    },
    close: async () => {
      await app.close();
      await deleteDatabase(database);
    },
  };
}
