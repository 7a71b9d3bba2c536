import type { FastifyRequest } from 'fastify';

/** Whether a person looks at the answer, with a browser; else a program does. */
export function acceptsHtml({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/html') === true;
}
