import { type DynamicModule, Module, type Type } from '@nestjs/common';

import { DirectRoutes } from '../common/direct-routes.js';
import { ClosingGate } from './closing-gate.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** What stands around the rooms. */
export interface House {
  readonly metrics: Metrics;
  readonly gate: ClosingGate;
  readonly directRoutes: DirectRoutes;
}

/** The root of every server: what it serves beside the rooms that it is made of. */
@Module({})
export class HouseModule {
  static register(rooms: Type | DynamicModule, { metrics, gate, directRoutes }: House): DynamicModule {
    return {
      module: HouseModule,
      imports: [rooms],
      controllers: [MetricsController],
      providers: [
        { provide: Metrics, useValue: metrics },
        { provide: ClosingGate, useValue: gate },
        { provide: DirectRoutes, useValue: directRoutes },
      ],
      exports: [DirectRoutes],
      global: true,
    };
  }
}
