import { type DynamicModule, Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { basePathOf } from '../auth/auth.options.js';
import type { Clock } from '../common/clock.js';
import { PRESETS } from '../uma/protocol/presets.js';
import type { Secret } from '../common/secret.js';
import type { DatabaseOptions } from '../database/database.js';
import { DatabaseModule } from '../database/database.module.js';
import { measurementMigrations } from '../database/resource-server/measurements.js';
import { pairingMigrations } from '../database/resource-server/pairings.js';
import { patMigrations } from '../database/resource-server/pats.js';
import { resourceMigrations } from '../database/resource-server/resources.js';
import { sessionMigrations } from '../database/sessions.js';
import { InstancesModule } from '../instances/instances.module.js';
import { MeasurementsModule } from '../measurements/measurements.module.js';
import type { MeasurementsOptions, OldSensorPortOptions } from '../measurements/measurements.options.js';
import { heartRateDescription } from '../resources/heart-rate-resource.js';
import { OwnedResourcesModule } from '../resources/owned-resources.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import type { UmaModuleOptions } from '../uma/guard/uma-module-options.js';
import { UmaModule } from '../uma/guard/uma.module.js';
import type { SecurityEventsOptions } from '../uma/security-events/security-events-options.js';
import { CommonModule } from './common.module.js';
import { type OwnersServers, signInServersOf } from './owners-servers.js';

/** What it is called where it is known by name. */
const BRAND = 'Pulsegate Heart Service';
/** Cookie of whoever is signed in here. */
export const SESSION_COOKIE = 'pulsegate_resource_server';

/** What its guard is told as it is. */
type GuardOptions = Pick<
  UmaModuleOptions,
  | 'realm'
  | 'introspectionCacheSeconds'
  | 'decisionMode'
  | 'challengeBody'
  | 'resourceMetadata'
  | 'extraChallenges'
  | 'forwardAuth'
  | 'tokenHeader'
  | 'timeoutMs'
>;

/** Everything a resource server is told. */
export interface ResourceServerOptions extends GuardOptions {
  /** Address as others reach it, without trailing slash; also the resource server's identifier (RFC 8707). */
  readonly baseUrl: string;
  /** The authorization servers of the owners, the main one first. */
  readonly authorizationServers: OwnersServers;
  /** Seals cookies and stored tokens. */
  readonly secretKey: Secret;
  /** Where the authorization server tells of withdrawals: this very instance, or with `redisUrl` any; below `baseUrl` when not given. */
  readonly securityEventsUrl?: string | undefined;
  /** Redis, by which its instances tell each other what they hear and store; there is one instance when not given. */
  readonly redisUrl?: Secret | undefined;
  /** How often sockets of one address may be refused in a minute; without it, ever so often. */
  readonly refusalsPerMinute?: number;
  /** Proxies whose word on the caller's address is believed. */
  readonly trustProxy?: readonly string[];
  /** IANA zone in which an old sensor's time without a zone is read. */
  readonly sensorTimeZone?: string | undefined;
  /** Whether socket.io clients 1.x and 2.x may connect. */
  readonly sensorProtocol3?: boolean;
  /** A port for sensors that have no credential. */
  readonly oldSensorPort?: OldSensorPortOptions | undefined;
  /** Whose resource `/hearthRate` serves; the only owner when not given. */
  readonly legacyOwner?: string | undefined;
  /** Scope of an authorization server that was set up for the systems before. */
  readonly legacyScope?: string | undefined;
  /** Whether `/callback` shows tokens to API clients; for development. */
  readonly devShowTokens: boolean;
  readonly database: DatabaseOptions;
  /** Another clock than the machine's, for a test. */
  readonly clock?: Clock;
}

/** The resource server: owners sign in, sensors send, and whoever the owner allows reads. */
@Module({})
export class ResourceServerModule {
  static register(options: ResourceServerOptions): DynamicModule {
    const { baseUrl, database, authorizationServers, redisUrl } = options;
    return {
      module: ResourceServerModule,
      imports: [
        CommonModule.register(options.clock),
        InstancesModule.register({ redisUrl, server: baseUrl }),
        DatabaseModule.register({
          ...database,
          migrations: {
            ...sessionMigrations,
            ...patMigrations,
            ...resourceMigrations,
            ...measurementMigrations,
            ...pairingMigrations,
          },
        }),
        AuthModule.register({
          servers: signInServersOf(authorizationServers),
          baseUrl,
          consentOnce: true,
          keepPat: true,
          cookieName: SESSION_COOKIE,
          secretKey: options.secretKey,
          devShowTokens: options.devShowTokens,
        }),
        UmaModule.register(guardOptionsOf(options)),
        MeasurementsModule.register(measurementsOf(options)),
        ResourcesModule.register({
          baseUrl,
          legacyOwner: options.legacyOwner,
          legacyScope: options.legacyScope,
        }),
      ],
    };
  }
}

function measurementsOf(options: ResourceServerOptions): MeasurementsOptions {
  const { sensorTimeZone, sensorProtocol3 = false, oldSensorPort, refusalsPerMinute, trustProxy = [] } = options;
  const limits = { refusalsPerMinute, trustProxy };
  return { sensorTimeZone, sensorProtocol3, oldSensorPort, basePath: basePathOf(options), ...limits };
}

function guardOptionsOf(options: ResourceServerOptions): UmaModuleOptions {
  const { baseUrl, authorizationServers, legacyScope } = options;
  return {
    ...options,
    audience: baseUrl,
    authorizationServers: authorizationServers.map(({ preset = 'standard', ...server }) => ({
      ...server,
      profile: PRESETS[preset],
    })),
    scopes: heartRateDescription(legacyScope).resource_scopes,
    resourceName: BRAND,
    securityEvents: securityEventsOf(options),
    imports: [OwnedResourcesModule],
  };
}

function securityEventsOf(options: ResourceServerOptions): SecurityEventsOptions {
  const { baseUrl, securityEventsUrl, authorizationServers, redisUrl, secretKey } = options;
  return {
    ...(redisUrl !== undefined && { sharedSecret: secretKey }),
    endpointUrl: securityEventsUrl ?? `${baseUrl}/security-events`,
    // Which of them tell of withdrawals shows when they are asked to.
    sources: authorizationServers,
  };
}
