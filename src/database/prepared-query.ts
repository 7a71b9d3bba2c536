import type { Compilable, CompiledQuery, Kysely } from 'kysely';

/** Stands for a value while a query is compiled. */
class Placeholder {
  constructor(readonly name: PropertyKey) {}
}

/** Names a value that is given at each run. */
export type ValueNamed<Values> = <Name extends keyof Values>(name: Name) => Values[Name];

/**
 * A query that is built and compiled once, and run with other values each time: to write its SQL anew would cost as much
 * as SQLite takes to answer it. For what every request does; elsewhere a query is simply executed.
 */
export class PreparedQuery<Tables, Values extends object, Row> {
  /** Each database writes its own SQL. */
  private readonly compiled = new WeakMap<object, CompiledQuery<Row>>();

  /** @param build uses each value as it is; whatever depends on a value (a list's length, an absent one) is another query */
  constructor(private readonly build: (kysely: Kysely<Tables>, value: ValueNamed<Values>) => Compilable<Row>) {}

  async execute(kysely: Kysely<Tables>, values: Values): Promise<readonly Row[]> {
    const query = this.compiledFor(kysely);
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await kysely.executeQuery<Row>({ ...query, parameters });
    return rows;
  }

  /** The first row; `undefined` when there is none. */
  async first(kysely: Kysely<Tables>, values: Values): Promise<Row | undefined> {
    const [row] = await this.execute(kysely, values);
    return row;
  }

  private compiledFor(kysely: Kysely<Tables>): CompiledQuery<Row> {
    const { adapter } = kysely.getExecutor();
    const known = this.compiled.get(adapter);
    if (known !== undefined) return known;
    const query = this.build(kysely, (name) => new Placeholder(name) as never).compile();
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
