import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

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
  document.paths = { ...paths, ...document.paths };
  document.components = { ...document.components, securitySchemes };
  const standing = guardsOfOperations(app);
  completeOperations(document, (operationId, changes) =>
    guards
      .filter(({ guard }) => standing.get(operationId)?.includes(guard))
      .flatMap(({ demandOf }) => demandOf(changes) ?? []),
  );
  return document;
}
