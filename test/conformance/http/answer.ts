/** One answer of a server under test. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; a header that came several times has all its lines. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly text: string;
  /** The body where it is JSON, whatever its type says; `undefined` where it is not. */
  readonly json: unknown;
}

/** The first line of a header; an empty text when there is none. */
export function header({ headers }: Pick<Answer, 'headers'>, name: string): string {
  return headers[name]?.[0] ?? '';
}

/** A member of the body, where the body is a JSON object. */
export function member({ json }: Pick<Answer, 'json'>, name: string): unknown {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && Object.hasOwn(json, name)
    ? Reflect.get(json, name)
    : undefined;
}

/** Whether the body is a JSON object that has a member. */
export function has(answer: Pick<Answer, 'json'>, name: string): boolean {
  return member(answer, name) !== undefined;
}

/** An answer in words that hold no secret: `400 invalid_grant`. */
export function inWords(answer: Answer): string {
  const error = member(answer, 'error');
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` ${error}` : '';
  return `${answer.status}${code}`;
}
