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

// HTAB, SP, VCHAR and obs-text of RFC 9110 section 5.6.4: a line break in a ticket must not begin another header.
const HEADER_TEXT = /^[\t\x20-\x7E\x80-\xFF]*$/;
/** In characters: clients take some 16,000 in all headers together. */
const LONGEST_TICKET = 8_000;

/** Whether something can be given to a client as a permission ticket: a header has to carry it. */
export const isTicket = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_TICKET && HEADER_TEXT.test(value);

/**
 * Writes one `WWW-Authenticate` line; every value is quoted.
 *
 * @throws RangeError when a value holds a character that no header can carry, a line break for one
 * @see RFC 9110 section 11.6.1
 */
export function formatChallenge(scheme: string, parameters: Readonly<Record<string, string>>): string {
  const written = Object.entries(parameters).map(([name, value]) => {
    if (!HEADER_TEXT.test(value)) throw new RangeError(`The challenge parameter ${name} cannot stand in a header.`);
    return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  });
  return [scheme, written.join(', ')].filter((part) => part !== '').join(' ');
}

/** The challenge of a resource server that holds a fresh permission ticket. @see UMA 2.0 Grant section 3.2.1 */
export function formatUmaChallenge(realm: string, { asUri, ticket }: UmaChallenge): string {
  return formatChallenge('UMA', { realm, as_uri: asUri, ticket });
}

// A parameter, or a scheme, each after any commas and white space. A scheme is a word that no "=" follows.
const PARAMETER = /[\s,]*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s,"]*))/y;
const SCHEME = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?=[\s,]|$)(?!\s*=)/y;
const TOKEN68 = /\s+[\w.~+/-]+=*(?=\s*(?:,|$))/y;

/** Takes what a pattern matches at the place reached so far, and moves behind it. */
type Take = (pattern: RegExp) => RegExpExecArray | null;

/**
 * Reads a `WWW-Authenticate` header, several challenges joined by commas included, quoted or not. What is not
 * understood ends the reading: the challenges before it stand. Of a parameter that is repeated the first counts.
 *
 * @see RFC 9110 section 11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  let at = 0;
  const take: Take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const challenges: Challenge[] = [];
  for (let found = take(SCHEME); found !== null; found = take(SCHEME)) {
    const scheme = String(found[1]).toLowerCase();
    take(TOKEN68);
    challenges.push({ scheme, parameters: takeParameters(take) });
  }
  return challenges;
}

function takeParameters(take: Take): Record<string, string> {
  // Without a prototype, so that a parameter called "constructor" is just that.
  const parameters = Object.create(null) as Record<string, string>;
  for (let found = take(PARAMETER); found !== null; found = take(PARAMETER)) {
    const [, name, quoted, plain] = found;
    parameters[String(name).toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? String(plain);
  }
  return parameters;
}

/**
 * Finds the UMA challenge in a resource server's refusal: in the header, or in the JSON body of old resource servers.
 *
 * @param headers the `WWW-Authenticate` lines, each with one or more challenges
 * @param body the parsed JSON body, or anything else where there is none
 * @param defaultAsUri used where a resource server names no authorization server
 * @returns `undefined` when there is no permission ticket
 */
export function umaChallengeOf(
  headers: readonly string[],
  body: unknown,
  defaultAsUri?: string,
): UmaChallenge | undefined {
  const uma = headers.flatMap(parseChallenges).filter(({ scheme }) => scheme === 'uma');
  // One challenge, whole: a ticket never meets the as_uri of another challenge.
  const { ticket, as_uri: asUri } =
    (uma.find(({ parameters }) => present(parameters['ticket'])) ?? uma[0])?.parameters ?? {};
  const inBody = isJsonObject(body) ? body : {};
  const foundTicket = [ticket, inBody['ticket']].find(present);
  const foundAsUri = [asUri, inBody['as_uri'], defaultAsUri].find(present);
  return foundTicket === undefined || foundAsUri === undefined ? undefined : { asUri: foundAsUri, ticket: foundTicket };
}

// Old samples write the text "undefined" where they know no authorization server.
const present = (value: unknown): value is string => typeof value === 'string' && value !== '' && value !== 'undefined';
