import { plainToInstance } from 'class-transformer';

import { Secret } from '../common/secret.js';
import type { SettingKind, SettingOptions } from './setting.decorator.js';

/** What became of the text of a variable: its value, or the rule that the text breaks. */
export type Conversion = { readonly value: unknown } | { readonly fault: string };

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

const converters: Readonly<Record<SettingKind, (text: string, setting: SettingOptions) => Conversion>> = {
  text: (text) => ({ value: text }),
  url: (text) => ({ value: text.replace(/\/+$/, '') }),
  // Issuers are compared character by character: RFC 8414 section 3.3.
  issuer: (text) => ({ value: text }),
  secret: (text) => ({ value: new Secret(text) }),
  list: (text) => ({ value: listOf(text) }),
  integer: (text) =>
    /^-?\d{1,15}$/.test(text) ? { value: Number(text) } : { fault: 'must be a whole number in digits' },
  boolean: (text) => (Object.hasOwn(BOOLEANS, text) ? { value: BOOLEANS[text] } : { fault: 'must be true or false' }),
  json: (text, { of }) => {
    const objects = objectsOf(text);
    if (objects === undefined) return { fault: 'must be a JSON array of objects' };
    return { value: of === undefined ? objects : plainToInstance(of, objects) };
  },
};

/** Reads the text of a variable strictly: what is not exactly of its kind is a fault, never a guess. */
export function convert(setting: SettingOptions, text: string): Conversion {
  return converters[setting.kind](text, setting);
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function objectsOf(text: string): readonly object[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every(isObject) ? parsed : undefined;
  } catch {
    // The parser's own message quotes the text, and the text may hold secrets.
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
