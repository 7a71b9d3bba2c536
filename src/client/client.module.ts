import { type DynamicModule, Module } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import type { ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';
import { AccessController } from './access.controller.js';
import { AccessRuns } from './access-runs.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { LegacyController } from './legacy.controller.js';
import { RptPurge } from './rpt-purge.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import { SharedHeartRate } from './shared-heart-rate.js';
import { SharedResources } from './shared-resources.js';
import { UmaClient } from './uma-client/index.js';
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
      controllers: [AccessController, LegacyController, ViewerController],
      providers: [
        AccessRuns,
        RptPurge,
        SharedHeartRate,
        SharedResources,
        ViewerFiles,
        { provide: CLIENT_OPTIONS, useValue: options },
        { provide: UserFiles, useFactory: () => new UserFiles(options.filesFolder) },
        { provide: ViewerPage, useFactory: () => new ViewerPage(options.webFolder, options.baseUrl) },
        {
          provide: SealedRptStore,
          inject: [Database],
          useFactory: (database: Database<ClientTables>) => new SealedRptStore(database, options.secretKey),
        },
        {
          provide: UmaClient,
          inject: [SealedRptStore, Clock],
          useFactory: (store: SealedRptStore, clock: Clock) => umaClient(options, store, clock),
        },
      ],
    };
  }
}

function umaClient(options: ClientOptions, store: SealedRptStore, clock: Clock): UmaClient {
  const { clientId, clientSecret, trusted, resourceServer } = options;
  const resourceIdentifiers = new Map([[new URL(resourceServer).origin, resourceServer]]);
  return new UmaClient({ clientId, clientSecret, trusted, resourceIdentifiers, store, clock });
}
