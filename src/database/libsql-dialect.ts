import { type Driver, SqliteDialect } from 'kysely';

import { GroupCommitDriver } from './group-commit.driver.js';
import { LibsqlDatabase } from './libsql-database.js';

/** SQLite by `libsql`, with grouped commits. @param nowMs a time in milliseconds that never goes back */
export function libsqlDialect(file: string, nowMs?: () => number): SqliteDialect {
  return new LibsqlDialect(file, nowMs);
}

class LibsqlDialect extends SqliteDialect {
  constructor(
    private readonly file: string,
    private readonly nowMs?: () => number,
  ) {
    super({ database: () => Promise.reject(new Error('The driver opens the file itself.')) });
  }

  override createDriver(): Driver {
    return new GroupCommitDriver(() => LibsqlDatabase.open(this.file), this.nowMs);
  }
}
