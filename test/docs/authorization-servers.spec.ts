import { readFileSync } from 'node:fs';

import { PRESET_NAMES } from '../../src/common/preset-names.js';
import { PRESETS } from '../../src/uma/protocol/presets.js';
import { fixture } from '../support/vendors/fixtures.js';
import { VENDORS } from '../support/vendors/vendors.js';

const PAGE = readFileSync('docs/authorization-servers.md', 'utf8');
/** The rows of the table of presets: names, and the form of the issuer. */
const rows = [...PAGE.matchAll(/^\| ((?:`[a-z0-9]+`| \(`[a-z0-9]+`\))+) +\| .+? \| (.+?) +\|$/gm)].map(
  ([, names = '', form = '']) => ({
    names: [...names.matchAll(/`([a-z0-9]+)`/g)].map(([, name = '']) => name),
    issuer: /`(https:[^`]+)`/.exec(form)?.[1],
  }),
);

describe('docs/authorization-servers.md', () => {
  it('lists every preset, and no other', () => {
    expect(rows.flatMap(({ names }) => names)).toEqual(PRESET_NAMES);
  });

  it('shows what an issuer looks like as the preset has it', () => {
    for (const { names, issuer = 'https://HOST' } of rows) {
      for (const name of names) {
        const { issuerForm } = PRESETS[name as keyof typeof PRESETS].discovery;
        expect([name, issuerForm === undefined || issuerForm.pattern.test(issuer)]).toEqual([name, true]);
      }
    }
  });

  it('speaks of products that have recorded shapes', () => {
    for (const { preset } of VENDORS) {
      for (const name of ['registration', 'list', 'permission', 'introspection', 'token']) {
        expect([preset, name, typeof fixture(preset, name)]).toEqual([preset, name, 'object']);
      }
    }
  });
});
