import { LINES } from './lines/index.js';
import { parseOptions } from './options.js';
import { isMet } from './report/entry.js';

describe('the command line of the benchmarks', () => {
  it('takes names, a file and how much is measured', () => {
    expect(parseOptions(['uma-grant', 'growth', '--json', 'out.json', '--rounds', '9', '--seconds', '0.5'])).toEqual({
      ...{ list: false, fetch: undefined, names: ['uma-grant', 'growth'], json: 'out.json', record: false },
      ...{ rounds: 9, seconds: 0.5 },
    });
  });

  it('measures everything in seven rounds, as long as there is time, when nothing is said', () => {
    expect(parseOptions([])).toMatchObject({ names: [], rounds: 7, seconds: undefined, json: undefined });
  });

  it.each([[['--rounds', 'many']], [['--rounds', '2.5']], [['--seconds', '0']], [['--slow']], [['--json']]])(
    'refuses %j',
    (words) => {
      expect(() => parseOptions(words)).toThrow();
    },
  );
});

describe('the lines', () => {
  it('have names of their own, and goals that can be reached or not', () => {
    const names = LINES.flatMap(({ goals }) => Object.keys(goals));
    expect(new Set(names).size).toBe(names.length);
    for (const { name, goals } of LINES) {
      expect(Object.keys(goals).every((entry) => entry === name || entry.startsWith(`${name}/`))).toBe(true);
      for (const goal of Object.values(goals)) expect(isMet(goal, NaN)).toBe(false);
    }
  });
});
