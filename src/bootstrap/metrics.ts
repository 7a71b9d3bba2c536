import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

import type { FinishedRequest } from './finished-request.js';
import { RouteLabels } from './route-label.js';

/** What a server measures of itself. */
export class Metrics {
  readonly registry = new Registry();
  private readonly duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by route template, method and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Measures every request of a server. */
  measure(server: FastifyInstance): void {
    const routes = new RouteLabels();
    server.addHook('onResponse', (request, reply, done) => {
      const { statusCode: status, elapsedTime: durationMs } = reply;
      this.observe({ method: request.method, route: routes.of(request, reply), status, durationMs });
      done();
    });
  }

  /** Takes one request into account. */
  observe({ method, route, status, durationMs }: FinishedRequest): void {
    this.duration.observe({ method, route, status }, durationMs / 1000);
  }
}
