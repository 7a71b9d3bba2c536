import type { FastifyInstance } from 'fastify';

import { openTrace, withTrace, type Trace } from '../common/trace.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** This server's span of the trace that the request belongs to. */
    trace: Trace | undefined;
  }
}

/** Runs every request inside a trace: the caller's when it names one, else a new one. */
export function traceRequests(server: FastifyInstance): void {
  server.decorateRequest('trace', undefined);
  server.addHook('onRequest', (request, _reply, done) => {
    const { traceparent } = request.headers;
    request.trace = openTrace(typeof traceparent === 'string' ? traceparent : undefined);
    withTrace(request.trace, done);
  });
  // Reading the body leaves the trace: its events belong to the connection.
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.trace === undefined) done();
    else withTrace(request.trace, done);
  });
}
