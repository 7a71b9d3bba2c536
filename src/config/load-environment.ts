import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

import type { Type } from '@nestjs/common';

import { errorCode } from '../common/error-code.js';
import { randomHandle } from '../common/randomness.js';
import type { CommonEnvironment } from './common.environment.js';
import { ConfigurationError } from './configuration-error.js';
import { parseLegacyConfig } from './legacy-config.js';
import { readEnvironment, textOf, type SettingSource } from './read-environment.js';
import { keepSecretKey, readSecretKey } from './secret-key.js';
import { settingsOf, type SettingDescription } from './setting.decorator.js';

/** Where the value of a variable is from. */
export type Origin = 'environment' | '.env' | 'legacy file' | 'key file' | 'made at the first start' | 'default';

/** Where to look for the configuration of a process. */
export interface ConfigurationPlace {
  /** The name of the process, which names its key file. */
  readonly process: string;
  /** The real environment: it wins over every file. */
  readonly variables: SettingSource;
  /** The folder of `.env`, and the one that relative paths start from. */
  readonly directory: string;
  /** Only looks: makes no key file. */
  readonly readOnly?: boolean;
}

/** A validated environment, and how it came about. */
export interface LoadedEnvironment<Environment> {
  readonly environment: Environment;
  readonly originOf: (setting: SettingDescription) => Origin;
  /** What the operator should mend, in sentences. */
  readonly warnings: readonly string[];
}

/** A place of variables; an earlier layer wins over a later one. */
interface Layer {
  readonly origin: Origin;
  readonly values: SettingSource;
}

/**
 * Reads the whole configuration of a process: the environment, `.env` in the working folder, the old configuration
 * file that `LEGACY_CONFIG` names, and the key file, which is made when there is none.
 *
 * @throws ConfigurationError naming every variable that is wrong and every file that cannot be read
 */
export function loadEnvironment<Environment extends CommonEnvironment>(
  environmentClass: Type<Environment>,
  place: ConfigurationPlace,
): LoadedEnvironment<Environment> {
  const settings = settingsOf(environmentClass);
  const layers: Layer[] = [
    { origin: 'environment', values: place.variables },
    { origin: '.env', values: dotEnv(place.directory) },
  ];
  const find = (name: string) => {
    const setting = settings.find((each) => each.name === name);
    return setting === undefined ? undefined : valueIn(layers, setting);
  };
  const legacy = legacyConfig(find('LEGACY_CONFIG'), place.directory);
  layers.push({ origin: 'legacy file', values: legacy.values });
  if (find('SECRET_KEY') === undefined) layers.push(keyLayer(place, find('DATA_DIR') ?? '.data'));

  const merged = Object.fromEntries(settings.map((setting) => [setting.name, valueIn(layers, setting)]));
  return {
    environment: readEnvironment(environmentClass, merged),
    originOf: (setting) => layerOf(layers, setting)?.origin ?? 'default',
    warnings: legacy.warnings,
  };
}

function layerOf(layers: readonly Layer[], setting: SettingDescription): Layer | undefined {
  return layers.find(({ values }) => textOf(setting, values) !== undefined);
}

function valueIn(layers: readonly Layer[], setting: SettingDescription): string | undefined {
  return textOf(setting, layerOf(layers, setting)?.values ?? {});
}

function dotEnv(directory: string): SettingSource {
  try {
    return parseEnv(readFileSync(resolve(directory, '.env'), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw new ConfigurationError(['.env: the file cannot be read']);
  }
}

function legacyConfig(file: string | undefined, directory: string): ReturnType<typeof parseLegacyConfig> {
  if (file === undefined) return { values: {}, warnings: [] };
  return parseLegacyConfig(file, legacyText(resolve(directory, file)));
}

function legacyText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigurationError(['LEGACY_CONFIG: the file it names cannot be read']);
  }
}

function keyLayer({ directory, process, readOnly = false }: ConfigurationPlace, dataDirectory: string): Layer {
  const file = resolve(directory, dataDirectory, `${process}.key`);
  if (!readOnly) return { origin: 'key file', values: { SECRET_KEY: keepSecretKey(file) } };
  const kept = readSecretKey(file);
  return kept === undefined
    ? { origin: 'made at the first start', values: { SECRET_KEY: randomHandle() } }
    : { origin: 'key file', values: { SECRET_KEY: kept } };
}
