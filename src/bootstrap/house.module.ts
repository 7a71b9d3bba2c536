import { type DynamicModule, Module, type Type } from '@nestjs/common';

import { ClosingGate } from './closing-gate.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** The root of every server: what it serves beside the rooms that it is made of. */
@Module({})
export class HouseModule {
  static register(rooms: Type | DynamicModule, metrics: Metrics, gate: ClosingGate): DynamicModule {
    return {
      module: HouseModule,
      imports: [rooms],
      controllers: [MetricsController],
      providers: [
        { provide: Metrics, useValue: metrics },
        { provide: ClosingGate, useValue: gate },
      ],
    };
  }
}
