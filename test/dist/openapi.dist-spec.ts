import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { OpenAPIObject, OperationObject, ParameterObject, ReferenceObject, SchemaObject } from '@nestjs/swagger';
import { request } from 'undici';

import { BuiltProcess } from '../support/built-process.js';
import { type DocumentedRoute, documentedRoutes } from '../support/documented-routes.js';
import { freePort } from '../support/free-port.js';

const ALL = '## All three';
/** Name, variables of address and port, section of docs/routes.md, changing calls that take no body. */
const SERVERS = [
  [
    'authorization-server',
    'AS_ISSUER',
    'AS_PORT',
    '## Authorization server',
    ['POST /userinfo', 'POST /api/access-requests/{id}/refuse', 'PUT /api/accounts/{username}/suspension'],
  ],
  [
    'resource-server',
    'RS_BASE_URL',
    'RS_PORT',
    '## Resource server',
    ['POST /api/resources', 'POST /logout', 'POST /resourceRegistration'],
  ],
  [
    'client',
    'CLIENT_BASE_URL',
    'CLIENT_PORT',
    '## Client server',
    ['POST /api/access/{id}/claims', 'POST /api/access/{id}/cancel', 'POST /logout'],
  ],
] as const;

/** Pages and what they are made of: nobody calls them from a program. */
const PAGES = new Set([
  ...documentedRoutes('### Pages').map(({ route }) => route),
  ...['GET /openapi.json', 'GET /docs', 'GET /assets/pulsegate.css'],
  ...['GET /authorize/{uid}', 'POST /logout/confirm', 'GET /logout/success'],
  ...['GET /device', 'POST /device', 'GET /device/{uid}'],
  ...['GET /', 'GET /open', 'GET /viewer/*', 'POST /sensors', 'POST /sensors/{id}/disconnect'],
  ...['GET /pair', 'POST /pair'],
]);
const OPEN = new Set(['everybody', 'same browser']);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

describe.each(SERVERS)('the description of the API of the built %s', (name, address, port, heading, bodiless) => {
  const routes = [...documentedRoutes(heading), ...documentedRoutes(ALL)].filter(({ route }) => !PAGES.has(route));
  let folder: string;
  let server: BuiltProcess;
  let url: string;
  let document: OpenAPIObject;
  const operationOf = ({ route }: DocumentedRoute): OperationObject | undefined => {
    const [method = '', path = ''] = route.split(' ');
    return document.paths[path]?.[method.toLowerCase() as 'get'];
  };
  const operations = (): [string, OperationObject][] =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method): [string, OperationObject][] => {
        const operation = item[method];
        return operation === undefined ? [] : [[`${method} ${path}`, operation]];
      }),
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-openapi-'));
    const number = await freePort();
    url = `http://127.0.0.1:${number}`;
    const nobody = `http://127.0.0.1:${await freePort()}`;
    server = new BuiltProcess(`start:${name}`, {
      folder,
      environment: {
        NODE_ENV: 'test',
        DEMO: 'true',
        DATA_DIR: folder,
        REGISTRATION_TOKEN: 'an initial access token of the tests',
        RS_CLIENT_SECRET: 'a client secret of the tests',
        CLIENT_SECRET: 'a client secret of the tests',
        AS_ISSUER: nobody,
        // Some routes are there only where owners have several authorization servers.
        AUTHORIZATION_SERVERS: JSON.stringify([
          { id: 'other', issuer: 'https://as.example', client_id: 'rs', client_secret: 'a client secret of the tests' },
        ]),
        [address]: url,
        [port]: String(number),
      },
    });
    await server.answers(`${url}/health/live`);
    document = (await (await request(`${url}/openapi.json`)).body.json()) as OpenAPIObject;
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('has every route of docs/routes.md that is for programs, each with words and a tag', () => {
    expect(routes.length).toBeGreaterThan(10);
    const described = routes.map((route) => ({ route: route.route, operation: operationOf(route) }));
    const poor = described.filter(
      ({ operation }) =>
        (operation?.summary ?? operation?.description ?? '') === '' || (operation?.tags ?? []).length === 0,
    );
    expect(poor.map(({ route }) => route)).toEqual([]);
  });

  it('says of each route whether something has to be presented', () => {
    const guarded = (wanted: boolean): readonly string[] =>
      routes.filter((route) => (operationOf(route)?.security !== undefined) === wanted).map(({ route }) => route);
    expect(guarded(true)).toEqual(routes.filter(({ caller }) => !OPEN.has(caller)).map(({ route }) => route));
    expect(guarded(false)).toEqual(routes.filter(({ caller }) => OPEN.has(caller)).map(({ route }) => route));
  });

  it('describes the body of every call that takes one', () => {
    const taking = routes.filter(({ route }) => /^(?:POST|PUT|PATCH) /.test(route));
    const undescribed = taking.filter((route) => operationOf(route)?.requestBody === undefined);
    expect(undescribed.map(({ route }) => route)).toEqual(bodiless);
  });

  it('names every parameter of a path, once', () => {
    for (const [route, { parameters = [] }] of operations()) {
      const named = parameters.flatMap((parameter) =>
        'in' in parameter && parameter.in === 'path' ? parameter.name : [],
      );
      expect([route, ...named.sort()]).toEqual([
        route,
        ...[...route.matchAll(/\{(\w+)\}/g)].map(([, one]) => one).sort(),
      ]);
    }
  });

  it('is a document of OpenAPI 3 that refers to nothing that it lacks', () => {
    expect(document.openapi).toMatch(/^3\.0\.\d$/);
    expect(document.info).toMatchObject({ title: expect.stringContaining('Pulsegate') as string });
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(document.servers).toEqual([{ url }]);
    const { schemas = {}, securitySchemes = {} } = document.components ?? {};
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference);
    expect(references.length).toBeGreaterThan(0);
    const known = Object.keys(schemas).map((schema) => `#/components/schemas/${schema}`);
    expect(references.filter((reference) => !known.includes(reference ?? ''))).toEqual([]);
    const demanded = operations().flatMap(([, { security = [] }]) => security.flatMap((way) => Object.keys(way)));
    expect(demanded.filter((scheme) => !(scheme in securitySchemes))).toEqual([]);
  });

  it('says of every member of a body what it may be, of claims what they are made of', () => {
    const members = Object.entries(document.components?.schemas ?? {}).flatMap(([schema, one]) =>
      'properties' in one
        ? Object.entries(one.properties).map(([member, property]) => ({ schema, member, property }))
        : [],
    );
    const ours = members.filter(({ schema }) => /(?:Dto|View)$/.test(schema));
    expect(ours.filter(({ property }) => isVague(property))).toEqual([]);
    const items = { $ref: expect.stringMatching(/Claim(?:Dto|View)$/) as string };
    for (const { property } of ours.filter(({ member }) => member === 'claims')) {
      expect(property).toMatchObject({ type: 'array', items });
    }
  });

  it('gives every operation an id of its own, well-formed parameters, and answers with a meaning', () => {
    const ids = operations().flatMap(([, { operationId }]) => operationId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [route, { parameters = [], responses }] of operations()) {
      expect([route, parameters.filter((parameter) => !isWellFormed(parameter as ParameterObject))]).toEqual([
        route,
        [],
      ]);
      const wordless = Object.entries(responses).filter(
        ([, response]) => response !== undefined && 'description' in response && response.description === '',
      );
      expect([route, wordless]).toEqual([route, []]);
      expect(Object.keys(responses).join(' ')).toMatch(/^[23]\d\d .*default$/);
    }
  });
});

function isWellFormed({ name, in: place, required, schema }: ParameterObject): boolean {
  return (
    name !== '' && ['path', 'query', 'header'].includes(place) && (place !== 'path' || required === true) && !!schema
  );
}

/** An object of which nothing more is known, or a list whose items are not described. */
function isVague(property: SchemaObject | ReferenceObject): boolean {
  if ('$ref' in property) return false;
  if (property.type === 'array') return property.items === undefined || isVague(property.items);
  return property.type === 'object' && property.properties === undefined && property.additionalProperties === undefined;
}
