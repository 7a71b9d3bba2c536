import { isJsonObject } from './strict-json.js';

/** One challenge of a `WWW-Authenticate` header. Scheme and parameter names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a client goes with which permission ticket. */
export interface UmaChallenge {
  readonly asUri: string;
  readonly ticket: string;
}

/** Writes one `WWW-Authenticate` line; every value is quoted. @see RFC 9110 section 11.6.1 */
export function formatChallenge(scheme: string, parameters: Readonly<Record<string, string>>): string {
  const written = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`);
  return [scheme, written.join(', ')].filter((part) => part !== '').join(' ');
}

/** The challenge of a resource server that holds a fresh permission ticket. @see UMA 2.0 Grant section 3.2.1 */
export function formatUmaChallenge(realm: string, { asUri, ticket }: UmaChallenge): string {
  return formatChallenge('UMA', { realm, as_uri: asUri, ticket });
}

// A parameter, or a scheme, each after any commas and white space. A scheme is a word that no "=" follows.
const PARAMETER = /[\s,]*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SCHEME = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?=[\s,]|$)(?!\s*=)/y;
const TOKEN68 = /\s+([\w.~+/-]+=*)(?=\s*(?:,|$))/y;

/**
 * Reads a `WWW-Authenticate` header, several challenges joined by commas included, quoted or not. What is not
 * understood ends the reading: the challenges before it stand.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    const current = challenges.at(-1);
    const parameter = current === undefined ? null : take(PARAMETER);
    if (parameter !== null && current !== undefined) {
      const [, name = '', quoted, plain = ''] = parameter;
      current.parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain;
      continue;
    }
    const scheme = take(SCHEME);
    if (scheme === null) return challenges;
    challenges.push({
      scheme: (scheme[1] ?? '').toLowerCase(),
      parameters: Object.create(null) as Record<string, string>,
    });
    take(TOKEN68);
  }
}

/**
 * Finds the UMA challenge in a resource server's refusal: in the header, or in the JSON body of old resource servers.
 *
 * @param defaultAsUri used where a resource server names no authorization server
 * @returns `undefined` when there is no permission ticket
 */
export function umaChallengeOf(
  headers: readonly string[],
  body: unknown,
  defaultAsUri?: string,
): UmaChallenge | undefined {
  const uma = headers.flatMap(parseChallenges).filter(({ scheme }) => scheme === 'uma');
  const inHeader = uma.map(({ parameters }) => parameters).find(({ ticket }) => present(ticket));
  const inBody = isJsonObject(body) ? body : {};
  const ticket = inHeader?.['ticket'] ?? inBody['ticket'];
  const asUri = [inHeader?.['as_uri'], uma[0]?.parameters['as_uri'], inBody['as_uri'], defaultAsUri].find(present);
  return present(ticket) && asUri !== undefined ? { asUri, ticket } : undefined;
}

const present = (value: unknown): value is string => typeof value === 'string' && value !== '' && value !== 'undefined';
