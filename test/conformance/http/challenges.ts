/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** As it was written. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Raised when a header does not follow the grammar; the message says where. */
export class ChallengeSyntaxError extends Error {
  override readonly name = 'ChallengeSyntaxError';
}

const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const TOKEN68 = /[\w.~+/-]+=*(?=\s*(?:,|$))/y;
const SPACE = /[ \t]*/y;

/**
 * Reads the lines of a `WWW-Authenticate` header, by the grammar and no more.
 *
 * @throws ChallengeSyntaxError for what is no list of challenges, a folded line or a parameter that stands twice
 * @see RFC 9110 section 11.6.1
 */
export function parseChallenges(lines: readonly string[]): readonly Challenge[] {
  return lines.flatMap((line) => new Reader(line).challenges());
}

/** The challenges of one scheme, whose name has no case. */
export function challengesOf(lines: readonly string[], scheme: string): readonly Challenge[] {
  return parseChallenges(lines).filter((challenge) => challenge.scheme.toLowerCase() === scheme.toLowerCase());
}

class Reader {
  private at = 0;

  constructor(private readonly line: string) {
    if (/[\r\n]/.test(line)) throw new ChallengeSyntaxError('The header line is folded.');
  }

  challenges(): Challenge[] {
    const found: Challenge[] = [];
    for (this.separators(); this.at < this.line.length; this.separators()) found.push(this.challenge());
    return found;
  }

  private challenge(): Challenge {
    const scheme = this.expect(TOKEN, 'a scheme');
    const parameters = new Map<string, string>();
    this.skip();
    if (this.take(TOKEN68) !== undefined) return { scheme, parameters };
    for (let next = this.parameter(); next !== undefined; next = this.nextParameter()) {
      const [name, value] = next;
      if (parameters.has(name)) throw new ChallengeSyntaxError(`The parameter ${name} stands twice.`);
      parameters.set(name, value);
    }
    return { scheme, parameters };
  }

  /** The parameter after a comma; `undefined`, and nothing read, when another challenge begins there. */
  private nextParameter(): [string, string] | undefined {
    const begin = this.at;
    if (!this.separators()) {
      if (this.at < this.line.length) throw new ChallengeSyntaxError(`A comma is missing at column ${this.at + 1}.`);
      return undefined;
    }
    const found = this.parameter();
    if (found === undefined) this.at = begin;
    return found;
  }

  private parameter(): [string, string] | undefined {
    const begin = this.at;
    const name = this.take(TOKEN);
    this.skip();
    if (name === undefined || this.line[this.at] !== '=') {
      this.at = begin;
      return undefined;
    }
    this.at += 1;
    this.skip();
    const quoted = this.take(QUOTED);
    const value = quoted === undefined ? this.expect(TOKEN, 'a value') : quoted.replace(/\\(.)/g, '$1');
    this.skip();
    return [name.toLowerCase(), value];
  }

  /** @returns whether there was a comma */
  private separators(): boolean {
    const begin = this.at;
    while (this.at < this.line.length && /[ \t,]/.test(this.line[this.at] ?? '')) this.at += 1;
    return this.line.slice(begin, this.at).includes(',');
  }

  private skip(): void {
    this.take(SPACE);
  }

  private expect(pattern: RegExp, what: string): string {
    const found = this.take(pattern);
    if (found === undefined) throw new ChallengeSyntaxError(`${what} is missing at column ${this.at + 1}.`);
    return found;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.line);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found[1] ?? found[0];
  }
}
