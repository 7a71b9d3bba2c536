import { join } from 'node:path';

import type { ProcessDescription } from '../bootstrap/run-process.js';
import { ENDPOINTS } from '../authorization-server/endpoints.js';
import { basePathOf } from '../authorization-server/oidc/oidc.options.js';
import { AuthorizationServerEnvironment } from '../config/authorization-server.environment.js';
import { authorizationServerApi } from './authorization-server-api.js';
import { AuthorizationServerModule } from './authorization-server.module.js';
import { demoChecks } from './health-checks.js';
import { ProcessModule } from './process.module.js';

/** The authorization server as a process. */
export const authorizationServerProcess: ProcessDescription<AuthorizationServerEnvironment> = {
  name: 'authorization-server',
  environment: AuthorizationServerEnvironment,

  module(environment, demo) {
    const { REGISTRATION_TOKEN: registrationToken, AUTHZEN_PDP: url, AUTHZEN_PDP_TOKEN: token } = environment;
    const rooms = AuthorizationServerModule.register({
      issuer: environment.AS_ISSUER,
      secretKey: environment.SECRET_KEY,
      clients: environment.AS_CLIENTS,
      accounts: environment.AS_ACCOUNTS,
      demoRoutes: environment.DEMO,
      ticketLifetimeSeconds: environment.TICKET_LIFETIME_SECONDS,
      rptLifetimeSeconds: environment.RPT_LIFETIME_SECONDS,
      refreshLifetimeSeconds: environment.RPT_REFRESH_LIFETIME_SECONDS,
      claimLifetimeSeconds: environment.CLAIM_LIFETIME_SECONDS,
      claimIssuers: environment.CLAIM_ISSUERS,
      partialGrants: environment.PARTIAL_GRANTS,
      administrators: environment.AS_ADMINISTRATORS,
      externalDecisionPoint: url === undefined ? undefined : { url, token },
      database: {
        url: environment.DATABASE_URL?.reveal(),
        file: join(environment.DATA_DIR, 'authorization-server.sqlite'),
        schema: 'authorization_server',
      },
      ...(registrationToken === undefined ? {} : { registrationToken }),
    });
    return ProcessModule.register(rooms, demoChecks(environment.DEMO, demo));
  },

  appOptions(environment) {
    const { RATE_LIMIT_SIGN_IN, RATE_LIMIT_DEVICE, RATE_LIMIT_TOKEN } = environment;
    const { RATE_LIMIT_PERMISSION, RATE_LIMIT_INTROSPECTION } = environment;
    const limit = (name: string, path: string, perMinute: number, by: 'address' | 'client') => ({
      name,
      method: 'POST',
      paths: [path],
      perMinute,
      by,
    });
    return {
      basePath: basePathOf(environment.AS_ISSUER),
      openApi: authorizationServerApi(environment.AS_ISSUER, environment.REGISTRATION_TOKEN !== undefined),
      rateLimits: [
        limit('sign-in', `${ENDPOINTS.interaction}/*/login`, RATE_LIMIT_SIGN_IN, 'address'),
        limit('device', ENDPOINTS.device, RATE_LIMIT_DEVICE, 'address'),
        limit('token', ENDPOINTS.token, RATE_LIMIT_TOKEN, 'client'),
        limit('pushed authorization', ENDPOINTS.pushedAuthorization, RATE_LIMIT_TOKEN, 'client'),
        limit('device authorization', ENDPOINTS.deviceAuthorization, RATE_LIMIT_TOKEN, 'client'),
        limit('permission', ENDPOINTS.permission, RATE_LIMIT_PERMISSION, 'client'),
        limit('introspection', ENDPOINTS.introspection, RATE_LIMIT_INTROSPECTION, 'client'),
      ],
    };
  },
};
