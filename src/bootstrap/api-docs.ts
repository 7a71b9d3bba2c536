import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DocumentBuilder,
  type OpenAPIObject,
  type OperationObject,
  type PathsObject,
  SwaggerModule,
} from '@nestjs/swagger';

import type { ApiDescription } from './api-description.js';
import { completeOperations } from './api-operations.js';
import { guardsOfOperations } from './guarded-operations.js';
import { softwareVersion } from './version.js';

/** Serves the description of the API as `/openapi.json`, and as a page to read and try at `/docs`. */
export function describeApi(app: NestFastifyApplication, description: ApiDescription): void {
  SwaggerModule.setup('docs', app, () => documentOf(app, description), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: description.title,
  });
}

function documentOf(app: NestFastifyApplication, description: ApiDescription): OpenAPIObject {
  const { title, server, securitySchemes = {}, guards = [], paths = {} } = description;
  const builder = new DocumentBuilder().setTitle(title).setVersion(softwareVersion());
  if (server !== undefined) builder.addServer(server);
  const document = SwaggerModule.createDocument(app, builder.build());
  document.paths = complemented(document.paths, paths);
  document.components = { ...document.components, securitySchemes };
  const standing = guardsOfOperations(app);
  completeOperations(document, (operationId, changes) =>
    guards
      .filter(({ guard }) => standing.get(operationId)?.includes(guard))
      .flatMap(({ demandOf }) => demandOf(changes) ?? []),
  );
  return document;
}

/** What is said of a route adds to what its controller says, and goes before it. */
function complemented(served: PathsObject, said: PathsObject): PathsObject {
  return Object.fromEntries(
    Object.entries({ ...said, ...served }).map(([path, item]) => {
      const operations = Object.entries(said[path] ?? {}).map(([method, operation]) => {
        const own = item[method as 'get'];
        return [method, { ...own, ...(operation as OperationObject) }] as const;
      });
      return [path, { ...item, ...Object.fromEntries(operations) }];
    }),
  );
}
