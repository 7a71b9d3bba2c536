import { type DynamicModule, Module } from '@nestjs/common';

import type { HealthCheck } from '../bootstrap/health-check.js';
import { HealthModule } from '../bootstrap/health.module.js';
import { Database } from '../database/database.js';
import { databaseCheck } from './health-checks.js';

/** The rooms of a process, and whether it can serve. */
@Module({})
export class ProcessModule {
  /** @param checks what the process needs besides its database */
  static register(rooms: DynamicModule, checks: readonly HealthCheck[]): DynamicModule {
    const health = HealthModule.registerAsync({
      inject: [Database],
      useFactory: (database: Database<unknown>) => [databaseCheck(database), ...checks],
    });
    return { module: ProcessModule, imports: [rooms, health] };
  }
}
