import { type DatabaseIntrospector, type Kysely, PostgresDialect } from 'kysely';
import { escapeIdentifier, Pool, types, TypeOverrides } from 'pg';

import { checkBoundValues } from './bound-values.js';
import { OwnSchemaIntrospector } from './own-schema-introspector.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** PostgreSQL by `pg`, with every connection of the pool looking for its tables in `schema`. */
export function postgresDialect(url: string, schema: string): PostgresDialect {
  return new OwnSchemaDialect(url, schema);
}

class OwnSchemaDialect extends PostgresDialect {
  constructor(
    url: string,
    private readonly schema: string,
  ) {
    super({ pool: () => Promise.resolve(createPool(url, schema)), onCreateConnection: checkBoundValues });
  }

  override createIntrospector(kysely: Kysely<unknown>): DatabaseIntrospector {
    return new OwnSchemaIntrospector(kysely, this.schema);
  }
}

function createPool(url: string, schema: string): Pool {
  const pool = new Pool({
    connectionString: withSearchPath(url, schema),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: numbersAsNumbers(),
  });
  // A connection that breaks is replaced by the pool, and whoever used it hears of it with the next query. Without
  // listeners its error would end the process: the pool has one while it is idle, and none between two queries.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/**
 * Sets the schema in the start-up packet, so that no connection is ever without it; a `set search_path` afterwards could
 * fail on its own. Options that the address carries already stay in force.
 */
function withSearchPath(url: string, schema: string): string {
  const [address = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  // The server splits options at spaces, unless a backslash stands before them.
  const searchPath = `-c search_path=${escapeIdentifier(schema).replace(/[\\\s]/g, '\\$&')}`;
  parameters.set('options', [parameters.get('options'), searchPath].filter(Boolean).join(' '));
  return `${address}?${parameters.toString()}`;
}

/** Reads `bigint`, and what sums and averages of it give, as numbers: as SQLite does. `pg` reads them as strings. */
function numbersAsNumbers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, Number);
  overrides.setTypeParser(types.builtins.NUMERIC, Number);
  return overrides;
}
