import { existsSync, readFileSync } from 'node:fs';

import { USAGE } from '../conformance/options.js';

const PAGE = readFileSync('docs/conformance.md', 'utf8');
const ALL = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

describe('docs/conformance.md', () => {
  it('explains every option of the command, and no other', () => {
    expect(ALL(PAGE, /^\| `(--[a-z-]+)/gm)).toEqual(ALL(USAGE, /^ {2}(--[a-z-]+)/gm));
  });

  it('names files of cases that are there', () => {
    const files = ALL(PAGE, /`((?:authorization-server|resource-server|client)\/[a-z-]*\.ts)`/g);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(`test/conformance/cases/${file}`))).toEqual([]);
  });
});
