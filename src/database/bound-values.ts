import type { CompiledQuery, DatabaseConnection } from 'kysely';

/**
 * Checks each value that a query binds before the driver sees it: `libsql` ends the whole process at a bound boolean, and
 * the two drivers treat dates, objects and numbers in their own ways. Sits on the connection, not in a Kysely plugin,
 * because compiled and raw queries pass no plugin.
 */
export function checkBoundValues(connection: DatabaseConnection): Promise<void> {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <Row>(query: CompiledQuery) =>
    execute<Row>({ ...query, parameters: bindableParameters(query.parameters) });
  return Promise.resolve();
}

/** The parameters of a query in the form that both drivers bind alike. @throws TypeError when one cannot be bound */
export function bindableParameters(parameters: readonly unknown[]): readonly unknown[] {
  return parameters.map(bindable);
}

/**
 * The form in which both drivers bind `value` alike: a boolean becomes 0 or 1.
 *
 * @throws TypeError when it is anything but a string, a finite number, a bigint, a boolean, a Buffer or null
 */
function bindable(value: unknown, index: number): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  // libsql binds every number as floating point, so that 1 would become '1.0' in a text column.
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value)) return value;
  if (value === null || Buffer.isBuffer(value)) return value;
  throw new TypeError(`Parameter ${index + 1} of a query cannot be bound: it is ${kindOf(value)}.`);
}

/** The value itself may be confidential, so an error names its kind alone. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return 'not a finite number';
  if (typeof value !== 'object' || value === null) return typeof value;
  return `an object of class ${value.constructor.name}`;
}
