import { type Compilable, type CompiledQuery, type Kysely, PostgresAdapter } from 'kysely';

import type { Dialect } from './database.js';
import { statementsOf } from './direct-statements.js';

/** Stands for a value while a query is compiled. */
class Placeholder {
  constructor(readonly name: PropertyKey) {}
}

/** There already, or only promised; what is wrong is thrown at once, or by the promise. */
type Awaitable<Value> = Value | Promise<Value>;

function mapped<From, To>(value: Awaitable<From>, map: (value: From) => To): Awaitable<To> {
  return value instanceof Promise ? value.then(map) : map(value);
}

/** Names a value that is given at each run. */
export type ValueNamed<Values> = <Name extends keyof Values>(name: Name) => Values[Name];

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

  execute(kysely: Kysely<Tables>, values: Values): Awaitable<readonly Row[]> {
    return mapped(statementsOf(kysely).execute(this.bound(kysely, values)), ({ rows }) => rows);
  }

  /** The first row; `undefined` when there is none. */
  first(kysely: Kysely<Tables>, values: Values): Awaitable<Row | undefined> {
    return mapped(statementsOf(kysely).executeForOne(this.bound(kysely, values)), ({ rows: [first] }) => first);
  }

  /** How many rows it has changed: costs less than to have them returned. */
  change(kysely: Kysely<Tables>, values: Values): Awaitable<number> {
    const changed = statementsOf(kysely).execute(this.bound(kysely, values));
    return mapped(changed, ({ numAffectedRows }) => Number(numAffectedRows));
  }

  private bound(kysely: Kysely<Tables>, values: Values): CompiledQuery<Row> {
    const query = this.compiledFor(kysely);
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    return { ...query, parameters };
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

  execute(kysely: Kysely<Tables>, list: readonly string[], values: Values): Awaitable<readonly Row[]> {
    return this.queryFor(list).execute(kysely, { ...values, ...listed(list) });
  }

  /** The first row; `undefined` when there is none. */
  first(kysely: Kysely<Tables>, list: readonly string[], values: Values): Awaitable<Row | undefined> {
    return this.queryFor(list).first(kysely, { ...values, ...listed(list) });
  }

  private queryFor({ length }: readonly string[]): PreparedQuery<Tables, Values & Listed, Row> {
    return this.ofLength.get(length) ?? this.prepare(length);
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

function listed(list: readonly string[]): Listed {
  return Object.fromEntries(list.map((text, index) => [nameOf(index), text]));
}

const nameOf = (index: number): `listed ${number}` => `listed ${index}`;
