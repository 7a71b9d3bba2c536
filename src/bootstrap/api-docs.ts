import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the description of the API as `/openapi.json`, and as a page to read and try at `/docs`. */
export function describeApi(app: NestFastifyApplication, title: string): void {
  const description = new DocumentBuilder().setTitle(title).setVersion('1').build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: title,
  });
}
