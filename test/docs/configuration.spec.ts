import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { configurationTables, environmentExample, ENVIRONMENTS } from '../../src/config/reference.js';
import { settingsOf } from '../../src/config/setting.decorator.js';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');
const names = [...new Set(ENVIRONMENTS.flatMap((environment) => settingsOf(environment).map(({ name }) => name)))];
const sorted = (found: Iterable<RegExpMatchArray>) => [...found].map((match) => match[1]).sort();

// Out of date? `npm run build && node tools/write-config-docs.mjs` writes both files.
describe('the documented configuration', () => {
  it('lists every variable in .env.example, and not one too many', () => {
    expect(sorted(read('.env.example').matchAll(/^#([A-Z0-9_]+)=/gm))).toEqual([...names].sort());
  });

  it('lists every variable in docs/configuration.md, and not one too many', () => {
    expect(sorted(read('docs/configuration.md').matchAll(/^\| `([A-Z0-9_]+)` \|/gm))).toEqual([...names].sort());
  });

  it('says in .env.example what each variable is and what holds when it is not set', () => {
    expect(read('.env.example')).toBe(environmentExample());
  });

  it('says in docs/configuration.md what each variable is and its default', () => {
    expect(read('docs/configuration.md')).toContain(configurationTables());
  });

  it.each(['.env.example', 'docs/configuration.md'])('says in %s how a value with # is written', (file) => {
    const [written] = /RS_CLIENT_SECRET="one#two"/.exec(read(file)) ?? [''];
    expect(parseEnv(written)).toEqual({ RS_CLIENT_SECRET: 'one#two' });
  });

  it('declares every variable in one class alone, so that it means the same everywhere', () => {
    const declarations = new Set(
      ENVIRONMENTS.flatMap((environment) => settingsOf(environment).map((s) => `${s.declaredBy}.${s.name}`)),
    );
    expect(declarations.size).toBe(names.length);
  });
});
