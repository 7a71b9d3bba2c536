import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { RememberingSealer } from '../../common/remembering-sealer.js';
import { Sealer } from '../../common/sealing.js';
import type { OidcTables } from '../../database/authorization-server/oidc.js';
import { Database } from '../../database/database.js';
import { DemoResourceController } from '../demo/demo-resource.controller.js';
import { AccessTokens } from './access-tokens.js';
import { Accounts } from './accounts/accounts.js';
import { SignIn } from './accounts/sign-in.js';
import { SignInAttempts } from './accounts/sign-in-attempts.js';
import { RegisteredClients } from './clients/registered-clients.js';
import { DeviceGrant } from './device/device-grant.js';
import { DevicePolls } from './device/device-polls.js';
import { FormTokens } from './form-tokens.js';
import { InteractionController } from './interaction/interaction.controller.js';
import { Interactions } from './interaction/interactions.js';
import { SharedSecrets } from './keys/shared-secrets.js';
import { SigningKeys } from './keys/signing-keys.js';
import { OIDC_OPTIONS, OIDC_PROVIDER, type OidcOptions } from './oidc.options.js';
import { createProvider } from './provider/create-provider.js';
import { ProviderMiddleware, providerPaths } from './provider/provider.middleware.js';
import { OwnerSessions } from './sessions/owner-sessions.js';
import { SignedInController } from './sessions/signed-in.controller.js';
import { PayloadPurge } from './storage/payload-purge.js';
import { DirectClientCredentials } from './token-endpoint/direct-client-credentials.js';
import { DirectTokenEndpoint } from './token-endpoint/direct-token-endpoint.js';

/** How many of the provider's things are remembered as they were opened: tokens of resource servers, and their clients. */
const OPENED_PAYLOADS = 1_000;

/** The OpenID provider: accounts, sign-in, consent, tokens, clients. It needs a `Database` and a `Clock` around it. */
@Module({})
export class OidcModule implements NestModule {
  static register(options: OidcOptions): DynamicModule {
    return {
      module: OidcModule,
      controllers: [InteractionController, SignedInController, ...(options.demoRoutes ? [DemoResourceController] : [])],
      providers: [
        { provide: OIDC_OPTIONS, useValue: options },
        { provide: FormTokens, useValue: new FormTokens(options.secretKey) },
        { provide: SigningKeys, inject: [Database, Clock], useFactory: signingKeysFor(options) },
        { provide: OIDC_PROVIDER, inject: [Database, Clock, SigningKeys, Accounts], useFactory: providerFor(options) },
        ...[Accounts, SignIn, SignInAttempts, PayloadPurge, Interactions],
        ...[AccessTokens, RegisteredClients, OwnerSessions],
        ...[DeviceGrant, DevicePolls],
        ...[DirectTokenEndpoint, DirectClientCredentials],
      ],
      exports: [
        OIDC_PROVIDER,
        Accounts,
        AccessTokens,
        RegisteredClients,
        OwnerSessions,
        SigningKeys,
        FormTokens,
        DirectTokenEndpoint,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ProviderMiddleware).forRoutes(...providerPaths());
  }
}

function signingKeysFor({ secretKey }: OidcOptions) {
  return (database: Database<OidcTables>, clock: Clock) =>
    SigningKeys.load(new SharedSecrets(database, new Sealer(secretKey, 'oidc-keys'), clock));
}

function providerFor(options: OidcOptions) {
  const sealer = new RememberingSealer(options.secretKey, 'oidc-payloads', OPENED_PAYLOADS);
  return (database: Database<OidcTables>, clock: Clock, keys: SigningKeys, accounts: Accounts) =>
    createProvider({ options, store: { database, clock, sealer }, keys, accounts });
}
