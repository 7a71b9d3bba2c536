import { type DynamicModule, Module } from '@nestjs/common';

import { LoginListener } from '../auth/login-listener.js';
import { ResourcesController } from './api/resources.controller.js';
import { SensorsController } from './api/sensors.controller.js';
import { DirectLatest } from './direct-latest.js';
import { openTo } from './heart-rate.controller.js';
import { readScope, streamScope } from './heart-rate-resource.js';
import { PermissionController } from './kept/permission.controller.js';
import { ResourceSetsController } from './kept/resource-sets.controller.js';
import { LegacyResourceLoader } from './legacy-resource.loader.js';
import { EventStreams } from './live/event-streams.js';
import { GrantWatch } from './live/grant-watch.js';
import { openLiveTo } from './live/live-events.controller.js';
import { LiveGateway } from './live/live.gateway.js';
import { LiveStreams } from './live/live-streams.js';
import { LiveTicker } from './live/live-ticker.js';
import { openOldTo } from './old-heart-rate.controller.js';
import { OwnedResourcesModule } from './owned-resources.module.js';
import { OwnerAccess } from './owner-access.js';
import { MyHeartController } from './pages/my-heart.controller.js';
import { OneTimeForms } from './pages/one-time-forms.js';
import { PairController } from './pairing/pair.controller.js';
import { PairingPurge } from './pairing/pairing-purge.js';
import { PairingStore } from './pairing/pairing-store.js';
import { PairingsController } from './pairing/pairings.controller.js';
import { Pairings } from './pairing/pairings.js';
import { TypedCodes } from './pairing/typed-codes.js';
import { WrongCodes } from './pairing/wrong-codes.js';
import { Registrations } from './registrations.js';
import { ResourceRegistrar } from './resource-registrar.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';
import { openSummary } from './summary.controller.js';

/** The protected heart rates, their owners' API and page, and the routes kept from the systems before. */
@Module({})
export class ResourcesModule {
  /** Needs `Database`, `Clock`, the auth, UMA and measurements rooms, all provided globally. */
  static register(options: ResourcesOptions): DynamicModule {
    const scope = readScope(options.legacyScope);
    return {
      module: ResourcesModule,
      imports: [OwnedResourcesModule],
      controllers: [
        openTo(scope),
        openSummary(options.legacyScope),
        openLiveTo(streamScope(options.legacyScope)),
        openOldTo(scope),
        ResourcesController,
        SensorsController,
        PairingsController,
        ResourceSetsController,
        PermissionController,
        MyHeartController,
        PairController,
      ],
      providers: [
        { provide: RESOURCES_OPTIONS, useValue: options },
        DirectLatest,
        EventStreams,
        GrantWatch,
        LegacyResourceLoader,
        LiveGateway,
        LiveStreams,
        LiveTicker,
        OneTimeForms,
        OwnerAccess,
        PairingPurge,
        Pairings,
        PairingStore,
        Registrations,
        ResourceRegistrar,
        TypedCodes,
        WrongCodes,
        { provide: LoginListener, useExisting: ResourceRegistrar },
      ],
    };
  }
}
