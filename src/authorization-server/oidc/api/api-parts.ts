import type { ParameterObject, RequestBodyObject, ResponseObject, SchemaObject } from '@nestjs/swagger';

/** What the provider's endpoints have in common, to whoever reads about them. */
export const PROVIDER_TAG = 'OpenID Connect and OAuth';

/** Fields of a form or of a query: what each is, by its name. */
export type Fields = Readonly<Record<string, string | SchemaObject>>;

/** An object whose members are strings, unless a schema says otherwise. */
export function objectOf(title: string, required: Fields, optional: Fields = {}): SchemaObject {
  const members = Object.entries({ ...required, ...optional }).map(([name, field]) => [name, schemaOf(field)] as const);
  const names = Object.keys(required);
  const properties = Object.fromEntries(members);
  return { title, type: 'object', properties, ...(names.length > 0 && { required: names }) };
}

/** Parameters of a query. */
export function queryOf(required: Fields, optional: Fields = {}): ParameterObject[] {
  return Object.entries({ ...required, ...optional }).map(([name, field]) => ({
    name,
    in: 'query',
    required: name in required,
    schema: schemaOf(field),
  }));
}

/** A body that is a form. */
export function formOf(schema: SchemaObject): RequestBodyObject {
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema } } };
}

/** An answer in JSON. */
export function jsonOf(description: string, schema: SchemaObject): ResponseObject {
  return { description, content: { 'application/json': { schema } } };
}

/** A refusal that deserves a word of its own; the document has its form. */
export function refusalOf(description: string): ResponseObject {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
}

function schemaOf(field: string | SchemaObject): SchemaObject {
  return typeof field === 'string' ? { type: 'string', description: field } : field;
}
