import { basicAuthorization } from '../../test/conformance/http/exchange.js';

/** Values that requests put into their texts, by name. */
export type Values = Readonly<Record<string, string>>;

/** One request of an operation. `{name}` in its path, headers and body stands for a value. */
export interface Step {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Values;
  readonly body?: string;
  /** The status of success. */
  readonly status: number;
  /** A part of the answer without which it is no success. */
  readonly expect?: string;
  /** Members of the answer that are kept as values: for the steps that follow, and for the next time. */
  readonly keep?: readonly string[];
}

/** What a server is asked to do, again and again: the same requests for every contestant's load generator. */
export interface Operation {
  readonly origin: string;
  readonly steps: readonly Step[];
  /** Each time the operation is done with the next of these; no two at the same time with the same. */
  readonly rows: readonly Values[];
}

/** A text with places for values: puts values into it. @throws Error when there is no value of a name */
export type Template = (values: Values) => string;

/** Prepares a text with places for values, `{name}`, so that one without any costs nothing. */
export function template(text: string): Template {
  return /\{\w+\}/.test(text) ? (values) => filledIn(text, values) : () => text;
}

function filledIn(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`There is no value for {${name}}.`);
    return value;
  });
}

/** A form's body. Values are put in after it was encoded, so they have to be encoded already. */
export function formBody(fields: Values): string {
  return new URLSearchParams(fields).toString().replace(/%7B(\w+)%7D/g, '{$1}');
}

/** Header of a form's body. */
export const FORM: Values = { 'content-type': 'application/x-www-form-urlencoded' };

/** Header of a JSON body. */
export const JSON_BODY: Values = { 'content-type': 'application/json' };

/** Header of a client that authenticates with its secret. @see RFC 6749 section 2.3.1 */
export function basic(client: { readonly id: string; readonly secret: string }): Values {
  return { authorization: basicAuthorization(client) };
}

/** Header with an access token. @see RFC 6750 section 2.1 */
export function bearer(token: string): Values {
  return { authorization: `Bearer ${token}` };
}
