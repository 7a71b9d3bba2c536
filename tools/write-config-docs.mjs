// Writes .env.example and the tables of docs/configuration.md from the settings themselves: npm run build, then this.
import { readFileSync, writeFileSync } from 'node:fs';

import { configurationTables, environmentExample } from '../dist/config/reference.js';

const root = new URL('../', import.meta.url);
const guide = new URL('docs/configuration.md', root);
const between = /(<!-- settings -->\n)[\s\S]*(<!-- end of settings -->)/;

writeFileSync(new URL('.env.example', root), environmentExample());
const text = readFileSync(guide, 'utf8');
writeFileSync(
  guide,
  text.replace(between, (_all, start, end) => `${start}\n${configurationTables()}\n\n${end}`),
);
