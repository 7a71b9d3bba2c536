import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { filesBelow } from '../support/repository-files.js';

const EXAMPLE = 'examples/photo-album/README.md';
const PAGES = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', EXAMPLE, ...filesBelow('docs', /\.md$/)];

/** What is written as text, not as code. */
const proseOf = (page: string): string =>
  readFileSync(page, 'utf8')
    .replace(/^```[^]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => (/[[\]()]/.test(code) ? '' : code));

/** The relative links of a page, inline and by reference. */
const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)]
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(target)) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

it.each(PAGES)('%s links to what is there', (page) => {
  expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
});

it('finds links at all, broken ones too', () => {
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(100);
  expect(isBroken('README.md', 'docs/nowhere.md')).toBe(true);
  expect(isBroken('README.md', 'docs/protocol.md#nowhere')).toBe(true);
  expect(isBroken('README.md', 'docs/protocol.md#9-choices')).toBe(false);
});

it.each(PAGES)('%s speaks of nothing outside of the repository', (page) => {
  const outside = linksOf(page).filter((link) => normalize(join(dirname(page), link)).startsWith('..'));
  expect(outside).toEqual([]);
});
