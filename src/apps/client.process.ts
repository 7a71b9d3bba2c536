import { join } from 'node:path';

import type { ProcessDescription } from '../bootstrap/run-process.js';
import { ClientEnvironment } from '../config/client.environment.js';
import { clientApi } from './client-api.js';
import { ClientApplicationModule, SESSION_COOKIE } from './client.module.js';
import { authorizationServerCheck, demoChecks } from './health-checks.js';
import { checkIssuerForms } from './issuer-forms.js';
import { ProcessModule } from './process.module.js';

/** Where the client asks a resource server for a ticket on somebody's behalf. */
const ASKING_PATHS = ['/api/access/**', '/claimCallback', '/getHearthRate', '/umaToken'];

/** The client server as a process. @param webFolder of the built viewer page */
export const clientProcess = (webFolder: string): ProcessDescription<ClientEnvironment> => ({
  name: 'client',
  environment: ClientEnvironment,

  module(environment, demo) {
    checkIssuerForms([{ variable: 'AS_ISSUER', issuer: environment.AS_ISSUER, preset: environment.AS_PRESET }]);
    const rooms = ClientApplicationModule.register({
      baseUrl: environment.CLIENT_BASE_URL,
      issuer: environment.AS_ISSUER,
      preset: environment.AS_PRESET,
      clientId: environment.CLIENT_ID,
      clientSecret: environment.CLIENT_SECRET,
      secretKey: environment.SECRET_KEY,
      resourceServer: environment.RS_BASE_URL,
      trusted: environment.trusted,
      devShowTokens: environment.DEV_SHOW_TOKENS,
      filesFolder: join(environment.DATA_DIR, 'client-files'),
      webFolder,
      database: {
        url: environment.DATABASE_URL?.reveal(),
        file: join(environment.DATA_DIR, 'client.sqlite'),
        schema: 'client',
      },
    });
    const checks = [authorizationServerCheck(environment.AS_ISSUER), ...demoChecks(environment.DEMO, demo)];
    return ProcessModule.register(rooms, checks);
  },

  appOptions({ CLIENT_BASE_URL, RATE_LIMIT_SIGN_IN, RATE_LIMIT_ACCESS }) {
    return {
      basePath: new URL(CLIENT_BASE_URL).pathname.replace(/\/$/, ''),
      openApi: clientApi(CLIENT_BASE_URL),
      rateLimits: [
        { name: 'sign-in', method: 'GET', paths: ['/login'], perMinute: RATE_LIMIT_SIGN_IN, by: 'address' },
        // Whoever asks in vain spends what all share: the tickets that an owner's authorization server gives.
        { name: 'access', paths: ASKING_PATHS, perMinute: RATE_LIMIT_ACCESS, by: { cookie: SESSION_COOKIE } },
      ],
    };
  },
});
