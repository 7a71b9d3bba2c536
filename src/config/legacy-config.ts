import { ConfigurationError } from './configuration-error.js';

/** What an old configuration file says, under the names of our variables. */
export interface LegacyConfig {
  readonly values: Readonly<Record<string, string>>;
  /** What the operator should mend, in sentences. */
  readonly warnings: readonly string[];
}

/** The old names, and the variables they stand for. @see docs/compatibility.md, FH-02 to FH-07 */
const VARIABLES: Readonly<Record<string, string>> = {
  gluuServerAddess: 'AS_ISSUER',
  gluuServerAddress: 'AS_ISSUER',
  umaRealm: 'UMA_REALM',
  resourceServerAddress: 'RS_BASE_URL',
  resourceServerPort: 'RS_PORT',
  resourceServerId: 'RS_CLIENT_ID',
  resourceServerSecret: 'RS_CLIENT_SECRET',
  clientServerAddress: 'CLIENT_BASE_URL',
  clientServerPort: 'CLIENT_PORT',
  clientServerId: 'CLIENT_ID',
  clientServerSecret: 'CLIENT_SECRET',
};

// A string that is not closed on its line is none.
const STRINGS_AND_COMMENTS = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;

/**
 * A name, bare or as a string, and the string or number that it is set to: nothing when the value is, or goes on as,
 * something else. Strings are given by their numbers. A line break ends a value only where a new statement begins.
 */
const ASSIGNMENT =
  /(?:((?<![\w$])[A-Za-z_$][\w$]*)|("\d+")\s*\]?)\s*(?:=(?!=)|:)\s*(?:("\d+"|\d+(?![\w.]))(?=\s*(?:[,;}]|$)|\s*?\n\s*(?!in\b|instanceof\b)[A-Za-z_$]))?/g;

/**
 * Reads an old `config.js` (CommonJS or ES module) or `config.ini`. The file is read as text and never run, so that a
 * value has to stand in it as it is: a computed one is refused.
 *
 * @param fileName tells the two forms apart: one that ends in `.ini` is an INI file
 * @throws ConfigurationError naming the old keys whose values are computed
 */
export function parseLegacyConfig(fileName: string, text: string): LegacyConfig {
  const valueOf = /\.ini$/i.test(fileName) ? iniReader(text) : scriptReader(text);
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [key, variable] of Object.entries(VARIABLES)) {
    const value = valueOf(key);
    if (value === COMPUTED) problems.push(`LEGACY_CONFIG: ${key} must be a plain string or number`);
    else if (value !== undefined && value !== '') values[variable] = withScheme(variable, value);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const misspelt = valueOf('gluuServerAddess') !== undefined;
  return {
    values,
    warnings: misspelt ? ['LEGACY_CONFIG: gluuServerAddess is read as gluuServerAddress; mend the spelling.'] : [],
  };
}

const COMPUTED = Symbol('computed');
type Value = string | typeof COMPUTED;
type ReadValue = (key: string) => Value | undefined;

/** Finds `key = value` and `key: value` in JavaScript text; where a key stands more than once, the last one holds. */
function scriptReader(text: string): ReadValue {
  const strings: string[] = [];
  // Strings are put aside, so that what stands in one is not taken for code.
  const code = text.replace(STRINGS_AND_COMMENTS, (_comment, string?: string) =>
    string === undefined ? ' ' : `"${strings.push(string) - 1}"`,
  );
  const literalOf = (found: string) => (found.startsWith('"') ? (strings[Number(found.slice(1, -1))] ?? '') : found);
  const values = new Map<Value, Value>();
  for (const [, name, quotedName = '', found] of code.matchAll(ASSIGNMENT)) {
    values.set(name ?? plain(literalOf(quotedName)), found === undefined ? COMPUTED : plain(literalOf(found)));
  }
  return (key) => values.get(key);
}

/** Finds `key = value` lines, in whatever section. */
function iniReader(text: string): ReadValue {
  const lines = text.split(/\r?\n/).map((line) => /^\s*([^;#=:[\s]+)\s*[=:]\s*(.*?)\s*$/.exec(line));
  const values = new Map(
    lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', plain(withoutComment(line[2] ?? ''))] as const])),
  );
  return (key) => values.get(key);
}

function withoutComment(value: string): string {
  return /^(["']).*?\1/.exec(value)?.[0] ?? value.replace(/\s+[;#].*$/, '');
}

/** What a literal says as it stands there: of escapes only those of quotes and backslashes are understood. */
function plain(literal: string): Value {
  const quoted = QUOTED.exec(literal)?.[2] ?? '';
  const isComputed =
    quoted.replace(/\\["'`\\]/g, '').includes('\\') || (literal.startsWith('`') && quoted.includes('$'));
  return isComputed ? COMPUTED : unquoted(literal);
}

const QUOTED = /^(["'`])(.*)\1$/s;

function unquoted(literal: string): string {
  const quoted = QUOTED.exec(literal)?.[2];
  return quoted === undefined ? literal : quoted.replace(/\\(.)/g, '$1').trim();
}

/** The old addresses may be bare hosts: the authorization server was reached over TLS, the two servers were not. */
function withScheme(variable: string, value: string): string {
  const scheme = { AS_ISSUER: 'https://', RS_BASE_URL: 'http://', CLIENT_BASE_URL: 'http://' }[variable];
  const address = scheme === undefined || /^https?:\/\//i.test(value) ? unquoted(value) : `${scheme}${value}`;
  // It was an address that paths were appended to; the issuer of such a server has no slash at its end.
  return variable === 'AS_ISSUER' ? address.replace(/\/+$/, '') : address;
}
