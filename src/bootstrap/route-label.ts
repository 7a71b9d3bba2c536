import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The target of the request below the base path, as it came. */
    arrivedAt: string;
    /** Whether the server gave the answer itself; middleware writes past it. */
    isAnsweredByServer: boolean;
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

/**
 * The routes of a server as labels of a metric: what strangers can make up is not told apart. Where no template matched,
 * a path is a label once middleware has answered it, because middleware is tied to few paths; whatever else is refused
 * there (not found, a body that cannot be read, too many requests) is one.
 */
export class RouteLabels {
  private readonly ofMiddleware = new Set<string>();

  of(request: FastifyRequest, { statusCode }: FastifyReply): string {
    const template = templateOf(request);
    if (template !== undefined) return template;
    const [, first = '', ...more] = pathOf(request).split('/');
    const label = more.length === 0 ? `/${first}` : `/${first}/…`;
    if (!request.isAnsweredByServer && statusCode !== 404) this.ofMiddleware.add(label);
    return statusCode !== 404 && this.ofMiddleware.has(label) ? label : '(not found)';
  }
}

/** The path of a request below the base path, without the query. */
export function pathOf({ arrivedAt }: FastifyRequest): string {
  return arrivedAt.split('?', 1)[0] ?? '/';
}

/** Keeps the address of every request as it came, which middleware changes, and whether middleware answered it. */
export function rememberArrivals(server: FastifyInstance): void {
  server.decorateRequest('arrivedAt', '/');
  server.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = request.raw.url ?? '/';
    done();
  });
  server.decorateRequest('isAnsweredByServer', false);
  server.addHook('onSend', (request, _reply, payload, done) => {
    request.isAnsweredByServer = true;
    done(null, payload);
  });
}

function templateOf({ is404, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? undefined : routeOptions.url;
}
