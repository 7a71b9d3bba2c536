import { type DynamicModule, Module } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { PatSource } from '../protection-api/pat-source.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import { Admission } from './admission.js';
import { DecisionCache } from './decision-cache.js';
import { PermissionChallenger } from './permission-challenger.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';

const MAX_DECISIONS = 50_000;
const LONGEST_CACHE_SECONDS = 10;

/**
 * The resource server's side of UMA: the guard behind `@UmaProtect` and the {@link ProtectionApi}. The application
 * provides `Clock`, `PatSource` and `ProtectedResources`: globally, or through `imports` or `providers`.
 */
@Module({})
export class UmaModule {
  /** @throws Error when the cache would outlive 10 seconds: a withdrawal could act no sooner */
  static register(options: UmaModuleOptions): DynamicModule {
    const { introspectionCacheSeconds: seconds } = options;
    if (!(seconds >= 0 && seconds <= LONGEST_CACHE_SECONDS)) {
      throw new Error(`introspectionCacheSeconds must be from 0 to ${LONGEST_CACHE_SECONDS}.`);
    }
    return {
      module: UmaModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        ...(options.providers ?? []),
        { provide: UMA_OPTIONS, useValue: options },
        { provide: DecisionCache, useFactory: () => new DecisionCache(MAX_DECISIONS) },
        {
          provide: ProtectionApi,
          inject: [PatSource, Clock],
          useFactory: (pats: PatSource, clock: Clock) => new ProtectionApi(pats, clock, options.timeoutMs),
        },
        PermissionChallenger,
        Admission,
      ],
      exports: [ProtectionApi, Admission],
    };
  }
}
