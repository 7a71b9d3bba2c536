import { UmaError } from './uma-error.js';

const MAX_DEPTH = 32;

/**
 * Parses JSON and refuses an object that names a member twice: `JSON.parse` keeps the last, so that two readers of one
 * message could understand different things.
 *
 * @throws UmaError `invalid_request` for malformed text, a repeated member or more than 32 levels
 * @see UMA 2.0 Federated Authorization section 3.2 (repeated parameters)
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UmaError('invalid_request', 'The body is not valid JSON.');
  }
  refuseRepeatedMembers(text);
  return value;
}

// The text is known to be valid JSON here, so that scanning its tokens is enough.
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

function refuseRepeatedMembers(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined);
      if (open.length > MAX_DEPTH) throw new UmaError('invalid_request', 'The body is nested too deeply.');
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ':') nameOnce(open.at(-1), previous);
    previous = token;
  }
}

function nameOnce(members: Set<string> | undefined, quotedName: string): void {
  const name = JSON.parse(quotedName) as string;
  if (members?.has(name) === true)
    throw new UmaError('invalid_request', 'A member of the body appears more than once.');
  members?.add(name);
}

/** Whether a parsed JSON value is an object: not null, not an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a parsed JSON value is an array of strings. */
export function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
