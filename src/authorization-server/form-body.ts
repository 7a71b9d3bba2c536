import { parse } from 'node:querystring';

/** The content type of a form. */
export const FORM = 'application/x-www-form-urlencoded';

/** The parameters of a form; one that is repeated has an array of its values. */
export type FormParameters = Readonly<Record<string, string | string[] | undefined>>;

const MALFORMED = /%(?![0-9a-f]{2})/i;

/** Reads the body of a form. @returns `undefined` for what is not well encoded */
export function formParameters(body: string): FormParameters | undefined {
  return MALFORMED.test(body) ? undefined : parse(body, '&', '=', { maxKeys: 0 });
}
