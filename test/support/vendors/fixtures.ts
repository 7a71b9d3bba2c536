import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PresetName } from '../../../src/common/preset-names.js';

const FOLDER = join('test', 'fixtures', 'authorization-servers');

/** An answer as a product gives it, with names in braces where it says something of the case at hand. */
export interface RecordedAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** The answers of one endpoint, by what they mean. */
export type RecordedAnswers = Readonly<Record<string, RecordedAnswer>>;

/** Reads a fixture; `undefined` when the product has no such thing. */
export function fixture(vendor: PresetName, name: string): unknown {
  const file = join(FOLDER, vendor, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Puts values in the place of their names: whole where the name is all there is, else as text. */
export function filled(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof template === 'string') return filledText(template, values);
  if (Array.isArray(template)) return template.map((item) => filled(item, values));
  if (typeof template !== 'object' || template === null) return template;
  const members = Object.entries(template).map(([name, value]): [string, unknown] => [name, filled(value, values)]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function filledText(template: string, values: Readonly<Record<string, unknown>>): unknown {
  const whole = /^\{(\w+)\}$/.exec(template)?.[1];
  if (whole !== undefined) return values[whole];
  return template.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name]));
}
