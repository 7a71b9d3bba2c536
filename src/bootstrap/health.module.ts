import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { HEALTH_CHECKS, type HealthCheck } from './health-check.js';
import { HealthController } from './health.controller.js';

/** The checks of a server whose checks need nothing injected. */
export interface HealthOptions {
  readonly checks: readonly HealthCheck[];
}

/** The checks of a server, made of what is injected. */
export interface HealthFactory extends Pick<ModuleMetadata, 'imports'> {
  readonly inject: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: FactoryProvider<readonly HealthCheck[]>['useFactory'];
}

/** Serves `/health/live` and `/health/ready`. */
@Module({})
export class HealthModule {
  static register({ checks }: HealthOptions): DynamicModule {
    return moduleWith({ provide: HEALTH_CHECKS, useValue: checks });
  }

  static registerAsync({ inject, useFactory, imports = [] }: HealthFactory): DynamicModule {
    return moduleWith({ provide: HEALTH_CHECKS, inject, useFactory }, imports);
  }
}

function moduleWith(checks: Provider, imports: NonNullable<ModuleMetadata['imports']> = []): DynamicModule {
  return {
    module: HealthModule,
    // Terminus would log the details of every failure; the controller says what matters.
    imports: [TerminusModule.forRoot({ logger: false }), ...imports],
    controllers: [HealthController],
    providers: [checks],
  };
}
