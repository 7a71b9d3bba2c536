import { STATUS_CODES } from 'node:http';

import type { OpenAPIObject, OperationObject, ResponseObject, SecurityRequirementObject } from '@nestjs/swagger';

import type { Demand } from './api-description.js';

const SAFE = ['get', 'head'] as const;
const CHANGING = ['post', 'put', 'patch', 'delete'] as const;

/** What every refusal of ours looks like. */
const ERROR = {
  type: 'object',
  description: 'Why a call was refused. Some errors have members of their own beside these.',
  properties: {
    error: { type: 'string', description: 'The code of the error, for programs.', example: 'invalid_request' },
    error_description: { type: 'string', description: 'A sentence for the developer of the other side.' },
  },
  required: ['error', 'error_description'],
};

/**
 * Adds to the operations of a document what follows from where they are and from the guards before them: parameters of
 * the path, what has to be presented, and what a refusal looks like. What an operation says itself stays.
 */
export function completeOperations(
  document: OpenAPIObject,
  demandsOf: (operationId: string, changes: boolean) => readonly Demand[],
): void {
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Error: ERROR } };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of [...SAFE, ...CHANGING]) {
      const operation = item[method];
      if (operation === undefined) continue;
      const changes = CHANGING.some((changing) => changing === method);
      complete(operation, path, demandsOf(operation.operationId ?? '', changes));
    }
  }
}

function complete(operation: OperationObject, path: string, demands: readonly Demand[]): void {
  operation.parameters = [...missingParameters(operation, path), ...(operation.parameters ?? [])];
  if (demands.length > 0) operation.security = securityOf(demands);
  operation.responses = { ...refusalsOf(operation, path, demands), ...named(operation.responses) };
}

function missingParameters({ parameters = [] }: OperationObject, path: string) {
  const known = parameters.flatMap((parameter) => ('name' in parameter ? parameter.name : []));
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.includes(name))
    .map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' } }));
}

/** Every guard has to be passed, each by any of its ways: all combinations. */
function securityOf(demands: readonly Demand[]): SecurityRequirementObject[] {
  return demands.reduce<SecurityRequirementObject[]>(
    (alternatives, { ways }) => alternatives.flatMap((so) => ways.map((way) => ({ ...so, ...requirement(way) }))),
    [{}],
  );
}

const requirement = (way: readonly string[]): SecurityRequirementObject =>
  Object.fromEntries(way.map((scheme) => [scheme, []]));

function refusalsOf(operation: OperationObject, path: string, demands: readonly Demand[]) {
  const { parameters = [], requestBody } = operation;
  const isAsked = parameters.some((parameter) => 'in' in parameter && parameter.in === 'query');
  const refusals: Readonly<Record<string, string>> = {
    ...((isAsked || requestBody !== undefined) && { 400: 'A parameter or the body is not as described.' }),
    ...Object.fromEntries(demands.flatMap((demand) => Object.entries(demand.refusals))),
    ...(path.includes('{') && { 404: 'There is nothing here, or nothing that the caller may know of.' }),
    default: 'Any other refusal.',
  };
  return Object.fromEntries(Object.entries(refusals).map(([status, meaning]) => [status, refusal(meaning)]));
}

/** An answer that nothing is said about is called what its status is. */
function named(responses: OperationObject['responses']): OperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const isNameless = response !== undefined && 'description' in response && response.description === '';
      return [status, isNameless ? { ...response, description: STATUS_CODES[status] ?? status } : response];
    }),
  );
}

function refusal(description: string): ResponseObject {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
}
