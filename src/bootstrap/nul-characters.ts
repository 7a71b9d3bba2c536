import type { FastifyInstance } from 'fastify';

/**
 * Refuses text that holds the character NUL, in paths, queries and bodies. No text of ours needs it, PostgreSQL cannot
 * store it, and SQLite cuts text off there: what is stored would differ from what was checked.
 */
export function refuseNulCharacters(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ params, query, body }, reply) => {
    // A body that its handler parses itself holds the character as an escape.
    const isEscaped = typeof body === 'string' && /\\u0000/i.test(body);
    if (!isEscaped && ![params, query, body].some(holdsNul)) return undefined;
    return reply
      .code(400)
      .header('cache-control', 'no-store')
      .send({ error: 'invalid_request', error_description: 'Text must not hold the character NUL.' });
  });
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false;
  return Object.entries(value).some(([name, member]) => name.includes('\0') || holdsNul(member));
}
