import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import type { FinishedRequest } from './finished-request.js';
import { routeOf } from './route-label.js';

const PROBES = /^\/(?:health\/|metrics$)/;

/** Writes one line for each finished request: never a header, a body, a query string or a parameter. */
export function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method, trace } = request;
    logRequest(log, {
      method,
      route: routeOf(request),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      trace,
    });
    done();
  });
}

/** Writes the line of one request. */
export function logRequest(log: Logger, { method, route, status, durationMs, trace }: FinishedRequest): void {
  log[PROBES.test(route) ? 'debug' : 'info'](
    { method, route, status, durationMs: Math.round(durationMs * 10) / 10, traceId: trace?.traceId },
    'request finished',
  );
}
