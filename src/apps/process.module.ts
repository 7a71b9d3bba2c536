import { type DynamicModule, Module, type Type } from '@nestjs/common';

import type { HealthCheck } from '../bootstrap/health-check.js';
import { HealthModule } from '../bootstrap/health.module.js';
import { Database } from '../database/database.js';
import { databaseCheck } from './health-checks.js';

/** The rooms of a process, and whether it can serve. */
@Module({})
export class ProcessModule {
  /**
   * @param checks what the process needs besides its database
   * @param ofRooms checks that the rooms provide
   */
  static register(
    rooms: DynamicModule,
    checks: readonly HealthCheck[],
    ofRooms: readonly Type<HealthCheck>[] = [],
  ): DynamicModule {
    const health = HealthModule.registerAsync({
      inject: [Database, ...ofRooms],
      useFactory: (database: Database<unknown>, ...provided: HealthCheck[]) => [
        databaseCheck(database),
        ...checks,
        ...provided,
      ],
    });
    return { module: ProcessModule, imports: [rooms, health] };
  }
}
