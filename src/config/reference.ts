import type { Type } from '@nestjs/common';

import { AuthorizationServerEnvironment } from './authorization-server.environment.js';
import { ClientEnvironment } from './client.environment.js';
import { ResourceServerEnvironment } from './resource-server.environment.js';
import { isSensitive, settingsOf, written, type SettingDescription } from './setting.decorator.js';

/** The environment class of each process. */
export const ENVIRONMENTS: readonly Type[] = [
  AuthorizationServerEnvironment,
  ResourceServerEnvironment,
  ClientEnvironment,
];

/** Titles of the groups that the reference lists, by the class that declares the settings. */
const GROUPS: Readonly<Record<string, string>> = {
  CommonEnvironment: 'All processes',
  AuthorizationServerEnvironment: 'Authorization server',
  RelyingPartyEnvironment: 'Resource server and client',
  ResourceServerEnvironment: 'Resource server',
  ClientEnvironment: 'Client',
};

interface ReferenceGroup {
  readonly title: string;
  readonly entries: readonly ReferenceEntry[];
}

interface ReferenceEntry extends SettingDescription {
  /** The default as it would be written into `.env`; none when the property has no initial value. */
  readonly initial: string | undefined;
}

const HEAD = [
  '# Copy to .env and change what you need: a variable that is set in the environment wins.',
  '# A value with # in it has to stand in quotes, or it ends before the #: RS_CLIENT_SECRET="one#two".',
].join('\n');

/** The text of `.env.example`: every variable with what it is, its default or what holds instead. */
export function environmentExample(): string {
  const groups = referenceGroups().map(({ title, entries }) =>
    [`# ---- ${title} ----`, ...entries.map(exampleOf)].join('\n\n'),
  );
  return [HEAD, ...groups].join('\n\n').concat('\n');
}

/** The tables of `docs/configuration.md`, one for each group of variables. */
export function configurationTables(): string {
  return referenceGroups()
    .map(({ title, entries }) =>
      [
        `### ${title}`,
        '',
        '| variable | kind | default | what it is |',
        '| --- | --- | --- | --- |',
        ...entries.map((entry) => `| \`${entry.name}\` | ${entry.kind} | ${defaultCell(entry)} | ${entry.about} |`),
      ].join('\n'),
    )
    .join('\n\n');
}

function referenceGroups(): readonly ReferenceGroup[] {
  return Object.entries(GROUPS).map(([declaredBy, title]) => ({
    title,
    entries: referenceEntries().filter((entry) => entry.declaredBy === declaredBy),
  }));
}

function referenceEntries(): readonly ReferenceEntry[] {
  const entries = new Map<string, ReferenceEntry>();
  for (const environmentClass of ENVIRONMENTS) {
    const initial = new Map<string, unknown>(Object.entries(new environmentClass() as object));
    for (const setting of settingsOf(environmentClass)) {
      entries.set(setting.name, { ...setting, initial: written(initial.get(setting.name)) });
    }
  }
  return [...entries.values()];
}

function exampleOf({ name, about, initial, otherwise, kind }: ReferenceEntry): string {
  return [`# ${about}.`, `# ${kind}; not set: ${otherwise ?? initial ?? ''}`, `#${name}=${initial ?? ''}`].join('\n');
}

function defaultCell(entry: ReferenceEntry): string {
  return entry.initial === undefined || isSensitive(entry) ? (entry.otherwise ?? '') : `\`${entry.initial}\``;
}
