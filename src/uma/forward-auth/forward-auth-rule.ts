import { checkDemand, type ScopeDemand } from '../guard/scope-demand.js';

/** Which requests to other services are for which protected resource. */
export interface ForwardAuthRule {
  /** In upper case. `GET` is for `HEAD` too. */
  readonly method: string;
  /** Path with a parameter for the id of the resource (`/reports/:id/pdf`); a last segment `**` stands for any others. */
  readonly path: string;
  /** What is needed at the resource. */
  readonly scopes: ScopeDemand;
}

/** What a request needs. */
export interface ForwardAuthNeed {
  readonly resourceId: string;
  readonly scopes: ScopeDemand;
}

const RULE = /^([A-Z]+) (\/\S+) ([\x21-\x7E]+)$/;
const PARAMETER = ':id';
const REST = '**';
// What is left out here is read in one way by some servers and in another by others; so is what needs no encoding, encoded.
const PLAIN_PATH = /^(?:\/(?:[A-Za-z0-9\-_~!$&'()*+,=:@.]|%[0-9A-Fa-f]{2})+)+$|^\/$/;
const AMBIGUOUS = /%(?:2[def]|3\d|4[1-9a-f]|5[\dacf]|6[1-9a-f]|7[\dae]|00)|\/\.{1,2}(?:\/|$)/i;

/**
 * Reads a rule as a setting has it: `GET /reports/:id/pdf heart-rate:read`. Of scopes joined by `|` any one will do, of
 * those joined by `+` all are needed.
 *
 * @throws Error when it is none
 */
export function parseForwardAuthRule(text: string): ForwardAuthRule {
  const [, method, path, scopes] = RULE.exec(text.trim()) ?? [];
  if (method === undefined || path === undefined || scopes === undefined) {
    throw new Error(`"${text}" is no rule: it looks like "GET /reports/:id/pdf heart-rate:read".`);
  }
  const segments = path.split('/').slice(1);
  const isRightPath = segments.filter((segment) => segment === PARAMETER).length === 1 && !segments.includes('');
  const rest = segments.indexOf(REST);
  if (!isRightPath || (rest >= 0 && rest < segments.length - 1)) {
    throw new Error(`"${path}" is no path of a rule: it needs one segment :id, and ** can only be the last.`);
  }
  const demand = scopes.includes('|') ? { anyOf: scopes.split('|') } : scopes.split('+');
  checkDemand(demand);
  return { method, path, scopes: demand };
}

/**
 * What a request needs by the first rule that is for it.
 *
 * @param target path and query as the client sent them
 * @returns `undefined` when no rule is, or when the path could be read in two ways
 */
export function needOf(rules: readonly ForwardAuthRule[], method: string, target: string): ForwardAuthNeed | undefined {
  const [path = '', ...query] = target.split('?');
  // A token in the address: another reader could take that one.
  const hasToken = new URLSearchParams(query.join('?')).has('access_token');
  if (hasToken || !PLAIN_PATH.test(path) || AMBIGUOUS.test(path)) return undefined;
  const asked = method === 'HEAD' ? 'GET' : method;
  for (const rule of rules) {
    const id = rule.method === asked ? idIn(rule.path, path) : undefined;
    if (id !== undefined) return { resourceId: id, scopes: rule.scopes };
  }
  return undefined;
}

function idIn(pattern: string, path: string): string | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  const isOpen = wanted.at(-1) === REST;
  const fixed = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? given.length < wanted.length : given.length !== fixed.length) return undefined;
  const fits = fixed.every((segment, index) => segment === PARAMETER || segment === given[index]);
  const id = given[fixed.indexOf(PARAMETER)];
  return fits && id !== undefined ? decoded(id) : undefined;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
