import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import { routeOf } from './route-label.js';

const PROBES = /^\/(?:health\/|metrics$)/;

/** Writes one line for each finished request: never a header, a body, a query string or a parameter. */
export function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    log[PROBES.test(route) ? 'debug' : 'info'](
      {
        method: request.method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        traceId: request.trace?.traceId,
      },
      'request finished',
    );
    done();
  });
}
