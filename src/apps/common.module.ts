import { type DynamicModule, Module } from '@nestjs/common';

import { Clock, SystemClock } from '../common/clock.js';

/** What every room of a process may ask for: the clock. */
@Module({})
export class CommonModule {
  /** @param clock another one than the machine's, for a test */
  static register(clock: Clock = new SystemClock()): DynamicModule {
    return { module: CommonModule, global: true, providers: [{ provide: Clock, useValue: clock }], exports: [Clock] };
  }
}
