import { type Compilable, type CompiledQuery, type Kysely, PostgresAdapter, type QueryResult } from 'kysely';

import type { Dialect } from './database.js';
import { Turn } from './group-commit.driver.js';

/** Stands for a value while a query is compiled. */
class Placeholder {
  constructor(readonly name: PropertyKey) {}
}

/** Names a value that is given at each run. */
export type ValueNamed<Values> = <Name extends keyof Values>(name: Name) => Values[Name];

/** The turns of transactions on SQLite. */
const known = new WeakMap<object, Turn>();

/**
 * The turn behind a transaction on SQLite: to go there directly spares the dozen promises by which statements of one
 * transaction otherwise wait for each other, which they need not do on a connection that waits for nothing.
 */
async function turnOf<Tables>(transaction: Kysely<Tables>): Promise<Turn | undefined> {
  const executor = transaction.getExecutor();
  const connection = await executor.provideConnection((provided) => Promise.resolve(provided));
  if (!(connection instanceof Turn)) return undefined;
  known.set(executor, connection);
  return connection;
}

/** Builds a query of named values, for a database of a dialect. */
type Build<Tables, Values, Row> = (
  kysely: Kysely<Tables>,
  value: ValueNamed<Values>,
  dialect: Dialect,
) => Compilable<Row>;

/**
 * A query that is built and compiled once, and run with other values each time: to write its SQL anew would cost as much
 * as SQLite takes to answer it. For what every request does; elsewhere a query is simply executed.
 */
export class PreparedQuery<Tables, Values extends object, Row> {
  /** Each database writes its own SQL. */
  private readonly compiled = new WeakMap<object, CompiledQuery<Row>>();

  /** @param build uses each value as it is; whatever depends on a value (a list's length, an absent one) is another query */
  constructor(private readonly build: Build<Tables, Values, Row>) {}

  async execute(kysely: Kysely<Tables>, values: Values): Promise<readonly Row[]> {
    return (await this.run(kysely, values)).rows;
  }

  /** The first row; `undefined` when there is none. */
  async first(kysely: Kysely<Tables>, values: Values): Promise<Row | undefined> {
    return (await this.run(kysely, values)).rows[0];
  }

  /** How many rows it has changed: costs less than to have them returned. */
  async change(kysely: Kysely<Tables>, values: Values): Promise<number> {
    return Number((await this.run(kysely, values)).numAffectedRows);
  }

  private async run(kysely: Kysely<Tables>, values: Values): Promise<QueryResult<Row>> {
    const query = this.compiledFor(kysely);
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    const turn = kysely.isTransaction ? (known.get(kysely.getExecutor()) ?? (await turnOf(kysely))) : undefined;
    const bound = { ...query, parameters };
    return turn === undefined ? kysely.executeQuery<Row>(bound) : turn.execute<Row>(bound);
  }

  private compiledFor(kysely: Kysely<Tables>): CompiledQuery<Row> {
    const { adapter } = kysely.getExecutor();
    const known = this.compiled.get(adapter);
    if (known !== undefined) return known;
    const dialect = adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';
    const query = this.build(kysely, (name) => new Placeholder(name) as never, dialect).compile();
    this.compiled.set(adapter, query);
    return query;
  }
}

/** Inserts one row, of which every named column is given. */
export function preparedInsert<Tables, Table extends keyof Tables & string>(
  table: Table,
  columns: readonly (keyof Tables[Table] & string)[],
): PreparedQuery<Tables, Tables[Table] & object, unknown> {
  return new PreparedQuery((kysely, value) => {
    const row = Object.fromEntries(columns.map((column) => [column, value(column)]));
    return kysely.insertInto(table).values(row as never);
  });
}

/**
 * Queries about a list of texts: one for each length that such a list has had, which are few where a request asks about
 * one thing, or some.
 */
export class PreparedListQuery<Tables, Values extends object, Row> {
  private readonly ofLength = new Map<number, PreparedQuery<Tables, Values & Listed, Row>>();

  /** @param build gets the list as values for an `in` */
  constructor(
    private readonly build: (
      kysely: Kysely<Tables>,
      list: readonly string[],
      value: ValueNamed<Values>,
      dialect: Dialect,
    ) => Compilable<Row>,
  ) {}

  execute(kysely: Kysely<Tables>, list: readonly string[], values: Values): Promise<readonly Row[]> {
    const known = this.ofLength.get(list.length);
    const query = known ?? this.prepare(list.length);
    return query.execute(kysely, {
      ...values,
      ...Object.fromEntries(list.map((text, index) => [nameOf(index), text])),
    });
  }

  private prepare(length: number): PreparedQuery<Tables, Values & Listed, Row> {
    const query = new PreparedQuery<Tables, Values & Listed, Row>((kysely, value, dialect) => {
      const list = Array.from({ length }, (_, index) => value(nameOf(index)));
      return this.build(kysely, list, value, dialect);
    });
    if (length <= LONGEST_KEPT) this.ofLength.set(length, query);
    return query;
  }
}

/** The texts of a list as named values. */
type Listed = Record<`listed ${number}`, string>;

/** Longer lists are rare, and as many queries as they have lengths would be kept for nothing. */
const LONGEST_KEPT = 10;

const nameOf = (index: number): `listed ${number}` => `listed ${index}`;
