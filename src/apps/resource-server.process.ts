import { join } from 'node:path';

import type { RateLimit } from '../bootstrap/rate-limit.js';
import type { ProcessDescription } from '../bootstrap/run-process.js';
import { ResourceServerEnvironment } from '../config/resource-server.environment.js';
import { StoringCheck } from '../measurements/storing-check.js';
import type { ForwardAuthOptions } from '../uma/forward-auth/forward-auth-options.js';
import { parseForwardAuthRule } from '../uma/forward-auth/forward-auth-rule.js';
import { UMA_CORS } from '../uma/guard/uma-cors.js';
import { authorizationServerCheck, demoChecks } from './health-checks.js';
import { checkIssuerForms } from './issuer-forms.js';
import type { OwnersServers } from './owners-servers.js';
import { ProcessModule } from './process.module.js';
import { resourceServerApi } from './resource-server-api.js';
import { ResourceServerModule } from './resource-server.module.js';

/** The resource server as a process. */
export const resourceServerProcess: ProcessDescription<ResourceServerEnvironment> = {
  name: 'resource-server',
  environment: ResourceServerEnvironment,

  module(environment, demo) {
    const rooms = ResourceServerModule.register({
      baseUrl: environment.RS_BASE_URL,
      authorizationServers: authorizationServersOf(environment),
      secretKey: environment.SECRET_KEY,
      realm: environment.realm,
      introspectionCacheSeconds: environment.INTROSPECTION_CACHE_SECONDS,
      redisUrl: environment.REDIS_URL,
      securityEventsUrl: environment.SECURITY_EVENTS_URL,
      decisionMode: environment.DECISION_MODE,
      challengeBody: environment.CHALLENGE_BODY,
      resourceMetadata: environment.CHALLENGE_METADATA,
      extraChallenges: environment.EXTRA_CHALLENGES,
      forwardAuth: forwardAuthOf(environment),
      tokenHeader: environment.TOKEN_HEADER,
      refusalsPerMinute: environment.RATE_LIMIT_SOCKETS,
      trustProxy: environment.TRUST_PROXY,
      sensorTimeZone: environment.SENSOR_TIME_ZONE,
      sensorProtocol3: environment.SENSOR_PROTOCOL_3,
      oldSensorPort: environment.oldSensorPort,
      legacyOwner: environment.LEGACY_OWNER,
      legacyScope: environment.LEGACY_SCOPE,
      devShowTokens: environment.DEV_SHOW_TOKENS,
      database: {
        url: environment.DATABASE_URL?.reveal(),
        file: join(environment.DATA_DIR, 'resource-server.sqlite'),
        schema: 'resource_server',
      },
    });
    const checks = [authorizationServerCheck(environment.AS_ISSUER), ...demoChecks(environment.DEMO, demo)];
    return ProcessModule.register(rooms, checks, [StoringCheck]);
  },

  appOptions(environment) {
    return {
      basePath: new URL(environment.RS_BASE_URL).pathname.replace(/\/$/, ''),
      openApi: resourceServerApi(environment.RS_BASE_URL),
      crossOrigin: UMA_CORS,
      rateLimits: [...rateLimitsOf(environment), ...pairingLimitsOf(environment)],
    };
  },
};

function rateLimitsOf(environment: ResourceServerEnvironment): readonly RateLimit[] {
  const { RATE_LIMIT_SIGN_IN, RATE_LIMIT_INGEST, RATE_LIMIT_PROTECTED_READS } = environment;
  return [
    { name: 'sign-in', method: 'GET', paths: ['/login'], perMinute: RATE_LIMIT_SIGN_IN, by: 'address' },
    {
      name: 'ingest',
      method: 'POST',
      paths: ['/measurements', '/sensor-status'],
      perMinute: RATE_LIMIT_INGEST,
      by: 'client',
    },
    {
      name: 'protected-reads',
      method: 'GET',
      paths: ['/resources/**', '/hearthRate'],
      perMinute: RATE_LIMIT_PROTECTED_READS,
      by: 'client',
    },
  ];
}

function pairingLimitsOf(environment: ResourceServerEnvironment): readonly RateLimit[] {
  const { RATE_LIMIT_PAIRING, RATE_LIMIT_PAIRING_QUESTIONS, RATE_LIMIT_PAIRING_CODES } = environment;
  const limit = (name: string, path: string, perMinute: number): RateLimit => ({
    name,
    method: 'POST',
    paths: [path],
    perMinute,
    by: 'address',
  });
  return [
    limit('pairing', '/api/pairings', RATE_LIMIT_PAIRING),
    limit('pairing-questions', '/api/pairings/token', RATE_LIMIT_PAIRING_QUESTIONS),
    limit('pairing-codes', '/pair', RATE_LIMIT_PAIRING_CODES),
  ];
}

/** @throws ConfigurationError when one cannot be what it is said to be */
function authorizationServersOf(environment: ResourceServerEnvironment): OwnersServers {
  const { AS_ISSUER, AS_PRESET, AS_NAME, RS_CLIENT_ID, RS_CLIENT_SECRET, AUTHORIZATION_SERVERS } = environment;
  const others = AUTHORIZATION_SERVERS.map(
    ({ id, issuer, client_id: clientId, client_secret: clientSecret, preset, name }) => ({
      ...{ id, issuer, clientId, clientSecret },
      ...(preset !== undefined && { preset }),
      ...(name !== undefined && { name }),
    }),
  );
  checkIssuerForms([
    { variable: 'AS_ISSUER', issuer: AS_ISSUER, preset: AS_PRESET },
    ...others.map((server, index) => ({ variable: `AUTHORIZATION_SERVERS[${index}].issuer`, ...server })),
  ]);
  const main = { issuer: AS_ISSUER, clientId: RS_CLIENT_ID, clientSecret: RS_CLIENT_SECRET, preset: AS_PRESET };
  return [{ ...main, ...(AS_NAME !== undefined && { name: AS_NAME }) }, ...others];
}

function forwardAuthOf(environment: ResourceServerEnvironment): ForwardAuthOptions | undefined {
  const { FORWARD_AUTH_PROXY: proxy, FORWARD_AUTH_RULES: rules, FORWARD_AUTH_ORIGIN: origin } = environment;
  if (proxy === undefined) return undefined;
  return { proxy, rules: rules.map(parseForwardAuthRule), ...(origin !== undefined && { origin }) };
}
