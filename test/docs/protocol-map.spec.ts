import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { filesBelow } from '../support/repository-files.js';

const PAGE = readFileSync('docs/protocol.md', 'utf8');
const ID = /\b(?:T\d\d|(?:GRANT|FED|RS|C|SEC)-\d+(?:\.\d+)*(?:-[a-z]\b)?)/g;
const SPEC = /[.-]spec\.ts$/;
/** The cases of the conformance suite, which runs with the tests. */
const SUITE = 'test/conformance/cases';
const NOT_YET = '**not yet**';

const read = (file: string): string => readFileSync(file, 'utf8');
const idsIn = (text: string): readonly string[] => text.match(ID) ?? [];
const casesIn = (ids: Iterable<string>): readonly string[] =>
  [...new Set(ids)].filter((id) => id.startsWith('T')).sort();

/** The files behind the labels that the page uses as links. */
const files = new Map(
  [...PAGE.matchAll(/^\[([^\]]+)\]: \.\.\/(\S+)$/gm)].map(([, label = '', path = '']) => [label, path]),
);
const text = PAGE.replace(/^\[[^\]]+\]: .*$/gm, '');
const used = [...text.matchAll(/\[([\w.-]+)\](?!\(|\[)/g)].map(([, label = '']) => label);

/** The rows of the tables, as their first and last cells. */
const rows = [...text.matchAll(/^\| (?!-|clause |threat |case )(.+?) +\|.* \| (.+?) +\|$/gm)].map(
  ([, first = '', last = '']) => ({ first, last }),
);

/** What the page says that a test proves: ids and pieces of titles that are in its file. */
const claims = rows.flatMap(({ last }) =>
  last.split(/(?=\[[\w.-]+\])/).flatMap((part) => {
    const file = files.get(/^\[([\w.-]+)\]/.exec(part)?.[1] ?? '');
    const titles = [...part.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title);
    return file === undefined ? [] : [{ file, what: [...titles, ...idsIn(part.replace(/“[^”]*”/g, ''))] }];
  }),
);

const tests = [...filesBelow('src', SPEC), ...filesBelow('test/e2e', SPEC), ...filesBelow(SUITE, /(?<!spec)\.ts$/)];
const idsInTests = new Set(tests.map(read).flatMap(idsIn));

describe('docs/protocol.md', () => {
  it('links to files that are there, each by its own name, and to no other', () => {
    expect([...files.values()].filter((file) => !existsSync(file))).toEqual([]);
    const misnamed = [...files].filter(([label, file]) => !basename(file).startsWith(label));
    expect(misnamed.map(([label]) => label)).toEqual(['client-discovery']);
    expect([...new Set(used)].sort()).toEqual([...files.keys()].sort());
  });

  it('names tests alone as proof, and of each what is in it', () => {
    expect(claims.length).toBeGreaterThan(150);
    expect(claims.filter(({ file, what }) => !tests.includes(file) || what.length === 0)).toEqual([]);
    const missing = claims.flatMap(({ file, what }) =>
      what.filter((one) => !read(file).replaceAll("\\'", "'").includes(one)).map((one) => `${file}: ${one}`),
    );
    expect(missing).toEqual([]);
  });

  it('gives each row a proof, or says that there is none', () => {
    expect(rows.filter(({ last }) => !last.startsWith('[') && last !== '—' && last !== NOT_YET)).toEqual([]);
  });

  it('has every conformance case, and exactly those that tests name without a "not yet"', () => {
    const cases = rows.filter(({ first }) => /^T\d\d/.test(first));
    const done = cases.filter(({ last }) => last !== NOT_YET);
    expect(casesIn(done.flatMap(({ first }) => idsIn(first)))).toEqual(casesIn(idsInTests));
    const all = Array.from({ length: 55 }, (_, index) => `T${String(index).padStart(2, '0')}`);
    expect(casesIn(cases.flatMap(({ first }) => idsIn(first)))).toEqual(all);
  });

  it('has every clause that a test names', () => {
    expect([...idsInTests].filter((id) => !text.includes(id))).toEqual([]);
  });
});
