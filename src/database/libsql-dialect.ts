import { Kysely, SingleConnectionProvider, SqliteDialect, Transaction } from 'kysely';

import { goDirectly } from './direct-statements.js';
import { GroupCommitDriver } from './group-commit.driver.js';
import { LibsqlDatabase } from './libsql-database.js';

/** SQLite by `libsql`, with grouped commits, for one database. */
export class LibsqlDialect extends SqliteDialect {
  private readonly driver: GroupCommitDriver;

  /** @param nowMs a time in milliseconds that never goes back */
  constructor(file: string, nowMs?: () => number) {
    super({ database: () => Promise.reject(new Error('The driver opens the file itself.')) });
    this.driver = new GroupCommitDriver(() => LibsqlDatabase.open(file), nowMs);
  }

  override createDriver(): GroupCommitDriver {
    return this.driver;
  }

  /** The queries of the database; prepared ones go directly to the driver. */
  kysely<Tables>(): Kysely<Tables> {
    const kysely = new Kysely<Tables>({ dialect: this });
    goDirectly(kysely, this.driver);
    return kysely;
  }

  /** What `kysely.transaction().execute(work)` does, for a fraction of the time. */
  transact<Tables, Result>(
    kysely: Kysely<Tables>,
    work: (within: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> {
    const outside = kysely.getExecutor();
    return this.driver.transact((turn) => {
      const executor = outside.withConnectionProvider(new SingleConnectionProvider(turn));
      const config = { dialect: this };
      const within = new Transaction<Tables>({ config, dialect: this, driver: this.driver, executor });
      goDirectly(within, turn);
      return work(within);
    });
  }
}
