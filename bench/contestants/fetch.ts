import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { KEYCLOAK_VERSION, provideKeycloak } from '../../tools/keycloak.mjs';

/** A contestant that does not come with this repository. */
export interface Fetchable {
  /** As the results call it. */
  readonly name: string;
  isHere(): boolean;
  /** @throws Error that says what it takes */
  fetch(): Promise<unknown>;
}

/** Where npm puts what contestants are made of, outside of the repository. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pulsegate-bench');

/** The packages of the node-oauth example, in the newest versions that its own ranges allow. */
const NODE_OAUTH = ['express@4.22.3', 'body-parser@1.20.9', '@node-oauth/express-oauth-server@4.2.0'];

/** Contestants by the word that fetches them: `npm run bench -- --fetch WORD`. */
export const FETCHABLE = {
  keycloak: {
    name: `Keycloak ${KEYCLOAK_VERSION}`,
    isHere: () => existsSync(join('.data', 'keycloak', `keycloak-${KEYCLOAK_VERSION}`)) && runs('java', '-version'),
    fetch: async () => {
      if (!runs('java', '-version')) throw new Error('Keycloak needs Java 17 or newer: install it first.');
      await provideKeycloak();
    },
  },
  'node-oauth': {
    name: 'node-oauth server2server',
    isHere: () => existsSync(join(nodeOauthFolder(), 'node_modules', '@node-oauth', 'express-oauth-server')),
    fetch: () => {
      const folder = nodeOauthFolder();
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      const words = ['install', '--no-fund', '--no-audit', '--save-exact', ...NODE_OAUTH];
      const { status } = spawnSync('npm', words, { cwd: folder, stdio: 'inherit' });
      if (status !== 0) throw new Error('npm could not install the packages.');
      return Promise.resolve();
    },
  },
} as const satisfies Readonly<Record<string, Fetchable>>;

/** Word of a contestant that can be fetched. */
export type FetchableName = keyof typeof FETCHABLE;

/** The command that fetches a contestant. */
export function fetchCommand(name: FetchableName): string {
  return `npm run bench -- --fetch ${name}`;
}

/** Where the packages of the node-oauth example are. */
export function nodeOauthFolder(): string {
  return join(CACHE, 'node-oauth');
}

function runs(command: string, ...words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}
