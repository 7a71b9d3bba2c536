import { type DynamicModule, Module } from '@nestjs/common';

import { AdminModule } from '../authorization-server/admin/admin.module.js';
import type { AdminOptions } from '../authorization-server/admin/admin-options.js';
import { EventsModule } from '../authorization-server/events/events.module.js';
import { OidcModule } from '../authorization-server/oidc/oidc.module.js';
import type { OidcOptions } from '../authorization-server/oidc/oidc.options.js';
import { OwnerModule } from '../authorization-server/owner/owner.module.js';
import type { PolicyOptions } from '../authorization-server/policy/policy-options.js';
import { UmaAuthorizationModule } from '../authorization-server/uma/uma-authorization.module.js';
import type { UmaOptions } from '../authorization-server/uma/uma-options.js';
import type { Clock } from '../common/clock.js';
import { eventMigrations } from '../database/authorization-server/events.js';
import { oidcMigrations } from '../database/authorization-server/oidc.js';
import { policyMigrations } from '../database/authorization-server/policies.js';
import { umaMigrations } from '../database/authorization-server/uma.js';
import type { DatabaseOptions } from '../database/database.js';
import { DatabaseModule } from '../database/database.module.js';
import { CommonModule } from './common.module.js';

/** What the authorization server is told by its main, or by a test. */
export interface AuthorizationServerOptions extends OidcOptions, UmaOptions, PolicyOptions, AdminOptions {
  readonly ticketLifetimeSeconds: number;
  readonly rptLifetimeSeconds: number;
  readonly database: DatabaseOptions;
  /** Another clock than the machine's, for a test. */
  readonly clock?: Clock;
}

/** The authorization server: an OpenID provider, UMA 2.0 on top of it, and the owners' sharing. */
@Module({})
export class AuthorizationServerModule {
  static register({ database, clock, ...options }: AuthorizationServerOptions): DynamicModule {
    const oidc = OidcModule.register(options);
    const uma = UmaAuthorizationModule.register(options, oidc);
    return {
      module: AuthorizationServerModule,
      imports: [
        CommonModule.register(clock),
        DatabaseModule.register({
          ...database,
          migrations: { ...oidcMigrations, ...umaMigrations, ...eventMigrations, ...policyMigrations },
        }),
        oidc,
        EventsModule.register(options, oidc),
        uma,
        OwnerModule.register(oidc, uma),
        AdminModule.register(options, oidc, uma),
      ],
    };
  }
}
