import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';

/**
 * Reads JSON and forms, and nothing else. A repeated parameter of a form reaches its handler as an array, so that it
 * can be refused. Below `/uma/` JSON reaches its handler as text, so that repeated members can be refused.
 *
 * @see RFC 6749 section 3.2 (repeated parameters), RFC 8259 section 4 (repeated members)
 */
export async function parseBodies(server: FastifyInstance): Promise<void> {
  server.removeAllContentTypeParsers();
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.url?.startsWith('/uma/') === true) done(null, body);
    else void parseJson(request, body.toString(), done);
  });
  await server.register(formbody);
}
