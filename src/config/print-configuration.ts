import type { Type } from '@nestjs/common';

import type { LoadedEnvironment } from './load-environment.js';
import { isSensitive, settingsOf, written, type SettingDescription } from './setting.decorator.js';

/**
 * The whole configuration of a process as an aligned table: name, value, where it is from, what it is. No value of a
 * secret is in it, not even its length.
 */
export function printConfiguration<Environment extends object>(
  environmentClass: Type<Environment>,
  { environment, originOf }: LoadedEnvironment<Environment>,
): string {
  const rows = settingsOf(environmentClass).map((setting) => [
    setting.name,
    shown(setting, new Map<string, unknown>(Object.entries(environment)).get(setting.name)),
    originOf(setting),
    setting.about,
  ]);
  return table([['Variable', 'Value', 'From', 'About'], ...rows]);
}

function shown(setting: SettingDescription, value: unknown): string {
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isEmpty && isSensitive(setting)) return '[redacted]';
  return written(value) ?? `(${setting.otherwise ?? 'not set'})`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
