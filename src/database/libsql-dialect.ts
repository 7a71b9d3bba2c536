import { SqliteDialect } from 'kysely';

import { checkBoundValues } from './bound-values.js';
import { LibsqlDatabase } from './libsql-database.js';

/** SQLite by `libsql`. */
export function libsqlDialect(file: string): SqliteDialect {
  return new SqliteDialect({ database: () => LibsqlDatabase.open(file), onCreateConnection: checkBoundValues });
}
