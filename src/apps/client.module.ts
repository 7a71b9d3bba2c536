import { type DynamicModule, Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { BRAND } from '../client/brand.js';
import { ClientModule } from '../client/client.module.js';
import type { ClientOptions } from '../client/client.options.js';
import type { Clock } from '../common/clock.js';
import type { PresetName } from '../common/preset-names.js';
import { clientMigrations } from '../database/client/access.js';
import type { DatabaseOptions } from '../database/database.js';
import { DatabaseModule } from '../database/database.module.js';
import { sessionMigrations } from '../database/sessions.js';
import { PRESETS } from '../uma/protocol/presets.js';
import { CommonModule } from './common.module.js';

/** Scopes that a requesting party's sign-in asks for: who they are, so that an owner can share with them. */
const REQUESTING_PARTY_SCOPES = 'openid profile email';
/** Cookie of whoever is signed in here. */
export const SESSION_COOKIE = 'pulsegate_client';

/** Everything a client server is told. */
export interface ClientApplicationOptions extends Omit<ClientOptions, 'profiles'> {
  /** The authorization server where people sign in. */
  readonly issuer: string;
  /** What product it is; one that keeps to the standard, when left out. */
  readonly preset?: PresetName;
  readonly database: DatabaseOptions;
  /** Another clock than the machine's, for a test. */
  readonly clock?: Clock;
}

/** The client server: people sign in, open the links they were given, and see what is shared with them. */
@Module({})
export class ClientApplicationModule {
  static register({
    issuer,
    preset = 'standard',
    database,
    clock,
    ...client
  }: ClientApplicationOptions): DynamicModule {
    const { clientId, clientSecret, baseUrl, secretKey, devShowTokens } = client;
    return {
      module: ClientApplicationModule,
      imports: [
        CommonModule.register(clock),
        DatabaseModule.register({ ...database, migrations: { ...sessionMigrations, ...clientMigrations } }),
        AuthModule.register({
          servers: [{ issuer, clientId, clientSecret, scopes: REQUESTING_PARTY_SCOPES, patScope: null }],
          baseUrl,
          consentOnce: false,
          keepPat: false,
          brand: BRAND,
          cookieName: SESSION_COOKIE,
          secretKey,
          devShowTokens,
        }),
        ClientModule.register({ ...client, profiles: new Map([[issuer, PRESETS[preset]]]) }),
      ],
    };
  }
}
