import { type DynamicModule, Module } from '@nestjs/common';

import { Clock, SystemClock } from '../common/clock.js';
import { StylesheetController } from './stylesheet.controller.js';

/** What the rooms of every process share: the clock, and the look of their pages. */
@Module({})
export class CommonModule {
  /** @param clock another one than the machine's, for a test */
  static register(clock: Clock = new SystemClock()): DynamicModule {
    return {
      module: CommonModule,
      global: true,
      controllers: [StylesheetController],
      providers: [{ provide: Clock, useValue: clock }],
      exports: [Clock],
    };
  }
}
