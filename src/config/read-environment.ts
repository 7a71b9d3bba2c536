import type { Type } from '@nestjs/common';
import { validateSync, type ValidationError } from 'class-validator';

import { ConfigurationError } from './configuration-error.js';
import { convert } from './convert.js';
import { settingsOf, type SettingDescription } from './setting.decorator.js';
import { holdsWellKnownSecret } from './well-known-secrets.js';

/** The texts of variables by their names, as in `process.env`; an empty text counts as not set. */
export type SettingSource = Readonly<Record<string, string | undefined>>;

/**
 * Makes a typed, validated environment of texts.
 *
 * @throws ConfigurationError naming every variable that is wrong, and the rule it breaks
 */
export function readEnvironment<Environment extends object>(
  environmentClass: Type<Environment>,
  source: SettingSource,
): Environment {
  const environment = new environmentClass();
  const faults = new Map<string, readonly string[]>();
  for (const setting of settingsOf(environmentClass)) {
    const text = textOf(setting, source);
    if (text === undefined) continue;
    const conversion = convert(setting, text);
    if ('fault' in conversion) faults.set(setting.name, [`${setting.name} ${conversion.fault}`]);
    else Object.assign(environment, { [setting.name]: conversion.value });
  }
  for (const error of validateSync(environment, { forbidUnknownValues: false })) {
    if (!faults.has(error.property)) faults.set(error.property, rulesBrokenBy(error, error.property));
  }
  const problems = [...faults.values()].flat().concat(demoSecrets(environment));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return environment;
}

/** The text of a setting under its own name or an alias, without the spaces around it. */
export function textOf(setting: SettingDescription, source: SettingSource): string | undefined {
  return [setting.name, ...(setting.aliases ?? [])].map((name) => source[name]?.trim()).find((text) => text);
}

/** The rules' own texts: they name the property and the rule; those of nested objects get the path to the object. */
function rulesBrokenBy({ constraints = {}, children = [], property }: ValidationError, path: string): string[] {
  return [
    ...Object.values(constraints).map((text) => text.replace(property, path)),
    ...children.flatMap((child) =>
      rulesBrokenBy(child, /^\d+$/.test(child.property) ? `${path}[${child.property}]` : `${path}.${child.property}`),
    ),
  ];
}

function demoSecrets(environment: object): string[] {
  if (!('NODE_ENV' in environment) || environment.NODE_ENV !== 'production') return [];
  return Object.entries(environment)
    .filter(([, value]) => holdsWellKnownSecret(value))
    .map(([name]) => `${name} must not hold a well-known demo secret in production`);
}
