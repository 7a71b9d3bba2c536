import { type DynamicModule, Module } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { ClientTables } from '../database/client/access.js';
import { AccessController } from './access.controller.js';
import { AccessRuns } from './access-runs.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { LegacyController } from './legacy.controller.js';
import { RequestingParties } from './requesting-parties.js';
import { RptPurge } from './rpt-purge.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import { SharedHeartRate } from './shared-heart-rate.js';
import { UmaClient } from './uma-client/index.js';
import { UserFiles } from './user-files.js';
import { ViewerController } from './viewer.controller.js';
import { ViewerPage } from './viewer-page.js';

/** The requesting party's side: opens share links, finishes the UMA flow, shows what is shared. */
@Module({})
export class ClientModule {
  static register(options: ClientOptions): DynamicModule {
    const { clientId, clientSecret, trusted, secretKey } = options;
    return {
      module: ClientModule,
      controllers: [AccessController, LegacyController, ViewerController],
      providers: [
        AccessRuns,
        RequestingParties,
        RptPurge,
        SharedHeartRate,
        { provide: CLIENT_OPTIONS, useValue: options },
        { provide: UserFiles, useFactory: () => new UserFiles(options.filesFolder) },
        { provide: ViewerPage, useFactory: () => new ViewerPage(options.webFolder) },
        {
          provide: SealedRptStore,
          inject: [Database],
          useFactory: (database: Database<ClientTables>) => new SealedRptStore(database, secretKey),
        },
        {
          provide: UmaClient,
          inject: [SealedRptStore, Clock],
          useFactory: (store: SealedRptStore, clock: Clock) =>
            new UmaClient({ clientId, clientSecret, trusted, store, clock }),
        },
      ],
    };
  }
}
