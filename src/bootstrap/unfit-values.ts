import type { FastifyInstance } from 'fastify';

/** Objects and arrays in each other: no body of ours has so many levels. */
const MOST_LEVELS = 32;

const NUL = 'Text must not hold the character NUL.';
const TOO_DEEP = 'The body is nested too deeply.';

/**
 * Refuses values that no handler should see, in paths, queries and bodies. Text that holds the character NUL: no text of
 * ours needs it, PostgreSQL cannot store it, and SQLite cuts text off there, so that what is stored would differ from
 * what was checked. And more than 32 levels of JSON: whoever goes through a value level by level, as what checks bodies
 * does, would run out of stack.
 */
export function refuseUnfitValues(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ params, query, body }, reply) => {
    // A body that its handler parses itself holds the character as an escape.
    const isEscaped = typeof body === 'string' && /\\u0000/i.test(body);
    const fault = isEscaped ? NUL : faultOf([params, query, body], MOST_LEVELS + 1);
    if (fault === undefined) return undefined;
    return reply
      .code(400)
      .header('cache-control', 'no-store')
      .send({ error: 'invalid_request', error_description: fault });
  });
}

/** @param levels how many the value may have */
function faultOf(value: unknown, levels: number): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? NUL : undefined;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return undefined;
  if (levels === 0) return TOO_DEEP;
  for (const [name, member] of Object.entries(value)) {
    const fault = name.includes('\0') ? NUL : faultOf(member, levels - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
