import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Migration } from 'kysely';

import { Database, type DatabaseOptions, openDatabase } from './database.js';
import { migrateToLatest } from './migrate.js';

/** Where a process keeps its tables, and what makes them. */
export interface DatabaseModuleOptions extends DatabaseOptions {
  /** Every migration of the process's rooms, by names that sort in the order they are applied. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

@Injectable()
class DatabaseClosing implements OnApplicationShutdown {
  constructor(private readonly database: Database<unknown>) {}

  /** Runs after every room has finished with the database: those do so in `beforeApplicationShutdown`. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** Opens the database of a process when it boots, brings it up to date, gives it to every room, and closes it last. */
@Module({})
export class DatabaseModule {
  static register({ migrations, ...options }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          useFactory: async () => {
            const database = await openDatabase<unknown>(options);
            try {
              await migrateToLatest(database, migrations);
              return database;
            } catch (error) {
              await database.close();
              throw error;
            }
          },
        },
        DatabaseClosing,
      ],
      exports: [Database],
    };
  }
}
