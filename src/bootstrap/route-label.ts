import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The target of the request below the base path, as it came. */
    arrivedAt: string;
  }
}

const LONG_SEGMENT = /\/[^/]{20,}/g;

/**
 * The route of a request as its template, for the log. Where no template matched (middleware, not found) it is the path
 * without the query, and long segments, which may be handles, are masked.
 */
export function routeOf(request: FastifyRequest): string {
  return templateOf(request) ?? pathOf(request).replace(LONG_SEGMENT, '/…').slice(0, 200);
}

/** The route as a label of a metric: what strangers can make up is not told apart. */
export function routeLabelOf(request: FastifyRequest, reply: FastifyReply): string {
  const template = templateOf(request);
  if (template !== undefined) return template;
  if (reply.statusCode === 404) return '(not found)';
  const [, first = '', ...more] = pathOf(request).split('/');
  return more.length === 0 ? `/${first}` : `/${first}/…`;
}

/** The path of a request below the base path, without the query. */
export function pathOf({ arrivedAt }: FastifyRequest): string {
  return arrivedAt.split('?', 1)[0] ?? '/';
}

/** Keeps the address of every request as it came: middleware changes it. */
export function rememberAddresses(server: FastifyInstance): void {
  server.decorateRequest('arrivedAt', '/');
  server.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = request.raw.url ?? '/';
    done();
  });
}

function templateOf({ is404, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? undefined : routeOptions.url;
}
