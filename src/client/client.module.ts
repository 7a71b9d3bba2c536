import { type DynamicModule, Module } from '@nestjs/common';

import { LoginListener } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import type { ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';
import { AccessController } from './access.controller.js';
import { AccessPoller } from './access-poller.js';
import { AccessRuns } from './access-runs.js';
import { AccessWaits } from './access-waits.js';
import { Accesses } from './accesses.js';
import { ClaimsCallbackController } from './claims-callback.controller.js';
import { ClaimsRedirects } from './claims-redirects.js';
import { ClaimsReturn } from './claims-return.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { ClientPurge } from './client-purge.js';
import { LegacyController } from './legacy.controller.js';
import { SealedPctStore } from './sealed-pct-store.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import { SharedHeartRate } from './shared-heart-rate.js';
import { SharedResources } from './shared-resources.js';
import { SignOutListener } from './sign-out-listener.js';
import { UmaClient, type UmaClientOptions } from './uma-client/index.js';
import { UserFiles } from './user-files.js';
import { ViewerController } from './viewer.controller.js';
import { ViewerFiles } from './viewer-files.js';
import { ViewerPage } from './viewer-page.js';

/** The requesting party's side: opens share links, finishes the UMA flow, shows what is shared. */
@Module({})
export class ClientModule {
  /**
   * Needs `Database`, `Clock` and the auth room, all provided globally.
   *
   * @throws Error when the process boots and the viewer page was not built
   */
  static register(options: ClientOptions): DynamicModule {
    return {
      module: ClientModule,
      controllers: [AccessController, ClaimsCallbackController, LegacyController, ViewerController],
      providers: [
        ...[Accesses, AccessRuns, AccessWaits, AccessPoller],
        ...[ClaimsRedirects, ClaimsReturn],
        ...[SharedHeartRate, SharedResources],
        ...[ClientPurge, ViewerFiles],
        SignOutListener,
        { provide: LoginListener, useExisting: SignOutListener },
        { provide: CLIENT_OPTIONS, useValue: options },
        { provide: UserFiles, useFactory: () => new UserFiles(options.filesFolder) },
        { provide: ViewerPage, useFactory: () => new ViewerPage(options.webFolder, options.baseUrl) },
        {
          provide: SealedRptStore,
          inject: [Database],
          useFactory: (database: Database<ClientTables>) => new SealedRptStore(database, options.secretKey),
        },
        {
          provide: SealedPctStore,
          inject: [Database, Clock],
          useFactory: (database: Database<ClientTables>, clock: Clock) =>
            new SealedPctStore(database, clock, options.secretKey),
        },
        {
          provide: UmaClient,
          inject: [SealedRptStore, SealedPctStore, Clock],
          useFactory: (store: SealedRptStore, pcts: SealedPctStore, clock: Clock) =>
            umaClient(options, { store, pcts, clock }),
        },
      ],
    };
  }
}

function umaClient(options: ClientOptions, kept: Pick<UmaClientOptions, 'store' | 'pcts' | 'clock'>): UmaClient {
  const { clientId, clientSecret, trusted, resourceServer, profiles } = options;
  const resourceIdentifiers = new Map([[new URL(resourceServer).origin, resourceServer]]);
  return new UmaClient({ clientId, clientSecret, trusted, resourceIdentifiers, profiles, ...kept });
}
