import type { CompiledQuery, Kysely, QueryExecutorProvider, QueryResult } from 'kysely';

/** Executes statements; at once, where they need not wait for anything: each promise costs, and statements are many. */
export interface DirectStatements {
  execute<Row>(query: CompiledQuery<Row>): QueryResult<Row> | Promise<QueryResult<Row>>;
  /** Reads the first row at most. */
  executeForOne<Row>(query: CompiledQuery<Row>): QueryResult<Row> | Promise<QueryResult<Row>>;
}

/** By what executes the queries of a database or a transaction. */
const direct = new WeakMap<object, DirectStatements>();

/** Spares the statements of prepared queries the dozen promises by which Kysely lets those of one connection wait. */
export function goDirectly(kysely: QueryExecutorProvider, statements: DirectStatements): void {
  direct.set(kysely.getExecutor(), statements);
}

/** How statements of a database or a transaction are executed. */
export function statementsOf<Tables>(kysely: Kysely<Tables>): DirectStatements {
  const known = direct.get(kysely.getExecutor());
  if (known !== undefined) return known;
  const execute = async <Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>> => kysely.executeQuery(query);
  return { execute, executeForOne: execute };
}
