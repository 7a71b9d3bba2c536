import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

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

/** Tells browsers to run and frame nothing that is not ours, on every answer; a route may set its own policy. */
export async function secureHeaders(
  server: FastifyInstance,
  directives: AppOptions['contentSecurityPolicy'] = {},
): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: copied({ ...STRICT, ...directives }) },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  server.addHook('onRequest', (request, reply, done) => {
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
