import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

import type { AppOptions } from './app-options.js';
import { pathOf } from './route-label.js';

const STRICT: NonNullable<AppOptions['contentSecurityPolicy']> = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

// Swagger UI styles itself inside of its page.
const FOR_DOCS = policy({ ...STRICT, 'style-src': ["'self'", "'unsafe-inline'"] });

/** The headers of every answer: they tell browsers to run and frame nothing that is not ours. */
export function securityHeaders(directives: AppOptions['contentSecurityPolicy'] = {}): Map<string, string> {
  // Nothing in them depends on the request, so that one answer to no request tells them all.
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: copied({ ...STRICT, ...directives }) },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })(request, response, refuse);
  return new Map(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** Sets them on every answer of a server; a route may set its own policy. */
export function secureHeaders(server: FastifyInstance, headers: Map<string, string>): void {
  server.addHook('onRequest', (request, reply, done) => {
    // On the answer itself, for middleware that writes past the framework.
    reply.raw.setHeaders(headers);
    if (/^\/docs(?:\/|$)/.test(pathOf(request))) void reply.header('content-security-policy', FOR_DOCS);
    done();
  });
}

function policy(directives: typeof STRICT): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join(';');
}

function copied(directives: typeof STRICT): Record<string, string[]> {
  return Object.fromEntries(Object.entries(directives).map(([name, sources]) => [name, [...sources]]));
}

function refuse(cause?: unknown): void {
  if (cause !== undefined) throw new Error('There are no security headers.', { cause });
}
