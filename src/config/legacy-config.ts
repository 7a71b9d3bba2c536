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

const STRINGS_AND_COMMENTS = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;

/**
 * Reads an old `config.js` (CommonJS or ES module) or `config.ini`. The file is read as text and never run, so that a
 * value has to stand in it as it is: a computed one is refused.
 *
 * @param fileName tells the two forms apart: one that ends in `.ini` is an INI file
 * @throws ConfigurationError naming the old keys whose values are computed
 */
export function parseLegacyConfig(fileName: string, text: string): LegacyConfig {
  const valueOf = fileName.endsWith('.ini') ? iniReader(text) : scriptReader(text);
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
type ReadValue = (key: string) => string | typeof COMPUTED | undefined;

/** Finds `key = value` and `key: value` in JavaScript text; where a key stands more than once, the last one holds. */
function scriptReader(text: string): ReadValue {
  // A value ends with its line, so the last line has to end too.
  const code = `${text}\n`.replace(STRINGS_AND_COMMENTS, (_comment, string?: string) => string ?? ' ');
  return (key) => {
    const assignment = new RegExp(
      String.raw`(?<![\w$])${key}(?:["'\x60]\s*\]?)?\s*(?:=(?!=)|:)\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\x60[^\x60$\\]*\x60|\d+(?![\w.]))?(\s*[,;}\n])?`,
      'g',
    );
    const last = [...code.matchAll(assignment)].at(-1);
    if (last === undefined) return undefined;
    const [, literal, end] = last;
    return literal === undefined || end === undefined ? COMPUTED : unquoted(literal);
  };
}

/** Finds `key = value` lines, in whatever section. */
function iniReader(text: string): ReadValue {
  const lines = text.split(/\r?\n/).map((line) => /^\s*([^;#=:[\s]+)\s*[=:]\s*(.*?)\s*$/.exec(line));
  const values = new Map(
    lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', unquoted(withoutComment(line[2] ?? ''))] as const])),
  );
  return (key) => values.get(key);
}

function withoutComment(value: string): string {
  return /^(["']).*?\1/.exec(value)?.[0] ?? value.replace(/\s+[;#].*$/, '');
}

function unquoted(literal: string): string {
  const quoted = /^(["'`])(.*)\1$/s.exec(literal)?.[2];
  return quoted === undefined ? literal : quoted.replace(/\\(.)/g, '$1').trim();
}

/** The old addresses may be bare hosts: the authorization server was reached over TLS, the two servers were not. */
function withScheme(variable: string, value: string): string {
  const scheme = { AS_ISSUER: 'https://', RS_BASE_URL: 'http://', CLIENT_BASE_URL: 'http://' }[variable];
  return scheme === undefined || /^https?:\/\//i.test(value) ? unquoted(value) : `${scheme}${value}`;
}
