import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock, PatSource, ProtectedResources, Secret, SystemClock, UmaModule } from 'pulsegate/uma';

import { Owners } from './owners.js';
import { PhotoRegistrar } from './photo-registrar.js';
import { AlbumLoader, PhotosController } from './photos.controller.js';
import { Photos } from './photos.js';
import { PrintsGateway } from './prints.gateway.js';
import { SETTINGS, type Settings } from './settings.js';
import { SignInController } from './sign-in.controller.js';

/** The photo album. It is global because the guard looks for its clock, PATs and resources here. */
@Global()
@Module({})
export class AlbumModule {
  static register(settings: Settings): DynamicModule {
    const { url, issuer, clientId, clientSecret } = settings;
    const uma = UmaModule.register({
      realm: 'photo album',
      audience: url,
      resourceName: 'Photo album',
      scopes: ['view', 'print'],
      authorizationServers: [{ issuer }],
      // So that a withdrawal acts at once, and not after ten seconds.
      securityEvents: {
        endpointUrl: `${url}/security-events`,
        sources: [{ issuer, clientId, clientSecret: new Secret(clientSecret) }],
      },
    });
    return {
      module: AlbumModule,
      imports: [uma],
      controllers: [SignInController, PhotosController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: Clock, useClass: SystemClock },
        { provide: PatSource, useExisting: Owners },
        { provide: ProtectedResources, useExisting: Photos },
        ...[Owners, Photos, PhotoRegistrar, AlbumLoader, PrintsGateway],
      ],
      exports: [Clock, PatSource, ProtectedResources],
    };
  }
}
