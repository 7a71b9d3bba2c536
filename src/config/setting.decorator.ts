import type { Type } from '@nestjs/common';

/**
 * How the text of a variable is read: `url` drops trailing slashes, `issuer` is one that does not, `list` is separated by commas, `secret` is never
 * shown, `json` is an array of objects that may hold secrets and is never shown either.
 */
export type SettingKind = 'text' | 'url' | 'issuer' | 'integer' | 'boolean' | 'list' | 'secret' | 'json';

/** What a variable is, beside the class-validator rules that its value has to keep. */
export interface SettingOptions {
  /** One sentence for the person who sets it. */
  readonly about: string;
  readonly kind: SettingKind;
  /** Other names under which the variable is known; its own name wins. */
  readonly aliases?: readonly string[];
  /** What holds when the variable is not set and its property has no initial value, in words. */
  readonly otherwise?: string;
  /** The class of the objects in a `json` array. */
  readonly of?: Type;
}

/** A setting with the name of its variable and the class that declares it. */
export interface SettingDescription extends SettingOptions {
  readonly name: string;
  readonly declaredBy: string;
}

const declared = new WeakMap<object, SettingDescription[]>();

/** Declares a property of an environment class as a variable; the property's initial value is the default. */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const settings = declared.get(prototype) ?? [];
    settings.push({ ...options, name: String(property), declaredBy: prototype.constructor.name });
    declared.set(prototype, settings);
  };
}

/** All settings of an environment class, those of the classes it extends first, in the order they are written in. */
export function settingsOf(environment: Type): readonly SettingDescription[] {
  const settings: SettingDescription[] = [];
  for (let prototype: unknown = environment.prototype; prototype instanceof Object;) {
    settings.unshift(...(declared.get(prototype) ?? []));
    prototype = Object.getPrototypeOf(prototype);
  }
  return settings;
}

/** The value of a setting as it is written in a file, secrets apart; nothing when it is empty. */
export function written(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined;
}

/** Whether the value of a setting may not be shown. */
export function isSensitive(setting: SettingOptions): boolean {
  return setting.kind === 'secret' || setting.kind === 'json';
}
