import { readFileSync } from 'node:fs';

import { LINES } from '../../bench/lines/index.js';
import { blockOf, type Kept, withBlock } from '../../bench/report/kept-results.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const kept = JSON.parse(read('docs/benchmarks.json')) as readonly Kept[];

/** Without what the formatter adds to tables. */
const plain = (page: string): string => page.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('the benchmarks in the docs', () => {
  it('are in the README the results that were kept', () => {
    const page = read('README.md');
    expect(plain(withBlock(page, blockOf(kept)))).toBe(plain(page));
  });

  it('are results that count, of lines that there are, with the goals that these have', () => {
    const goals = Object.assign({}, ...LINES.map((line) => line.goals)) as Readonly<Record<string, string>>;
    for (const { name, goal, valid } of kept) expect([name, goal, valid]).toEqual([name, goals[name], true]);
  });

  it('keep a result for every goal', () => {
    const goals = LINES.flatMap((line) => Object.keys(line.goals));
    expect(kept.map(({ name }) => name).toSorted()).toEqual(goals.toSorted());
  });

  it('name every line in docs/benchmarks.md', () => {
    const page = read('docs/benchmarks.md');
    expect(LINES.filter(({ name }) => !page.includes(`| \`${name}\``)).map(({ name }) => name)).toEqual([]);
  });
});
