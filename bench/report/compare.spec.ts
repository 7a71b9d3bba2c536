import type { Slice } from '../measure/rounds.js';
import { aSlice } from '../measure/slice.fake.js';
import { compare, compareFigures, tooFew } from './compare.js';

const WHAT = {
  name: 'tokens',
  goal: '>=2',
  contestant: 'the other',
  unit: 'tokens/s',
  figure: ({ rate }: Slice) => rate,
};

const rates = (...all: readonly number[]): readonly Slice[] => all.map((rate) => aSlice({ rate }));
const ours = rates(200, 210, 220, 230, 240, 250, 260);
const theirs = rates(100, 105, 110, 115, 120, 125, 130);

describe('a comparison', () => {
  it('gives medians, the median of the ratios of each round, and whether that reaches the goal', () => {
    expect(compare(WHAT, ours, theirs)).toEqual({
      ...{ name: 'tokens', goal: '>=2', contestant: 'the other', unit: 'tokens/s' },
      ...{ ours: 230, against: 115, ratio: 2, met: true, spread: 0, rounds: 7, valid: true, remarks: [] },
      cpuMicros: { ours: 500, against: 500 },
    });
    expect(compare(WHAT, theirs, ours)).toMatchObject({ ratio: 0.5, met: false, valid: true });
  });

  it('compares round by round, so that a slow moment of the machine changes nothing', () => {
    const slowed = (all: readonly Slice[]) => all.map((slice, round) => aSlice({ rate: slice.rate / (round + 1) }));
    expect(compare(WHAT, slowed(ours), slowed(theirs))).toMatchObject({ ratio: 2, spread: 0 });
  });

  it.each<[string, Partial<Slice>, string]>([
    ['a server had nothing to do', { busy: 0.5 }, 'the other: busy for only 50 % of the time'],
    [
      'operations failed',
      { failures: 1, failure: 'POST /token answered 400' },
      'the other: 7 operations failed (POST /token answered 400)',
    ],
    [
      'the load generator was what was measured',
      { loadBusy: 0.99 },
      'the other: the load generator had no time left (99 %)',
    ],
  ])('does not count when %s', (_what, trouble, remark) => {
    const troubled = theirs.map(({ rate }) => aSlice({ rate, ...trouble }));
    expect(compare(WHAT, ours, troubled)).toMatchObject({ valid: false, remarks: [remark] });
  });

  it('does not count with too few rounds', () => {
    const result = compare(WHAT, ours.slice(1), theirs.slice(1));
    expect(result.valid).toBe(false);
    expect(result.remarks).toContain('ours: 6 rounds, which are too few');
  });

  it('does not count, and reaches nothing, when nothing was measured at all', () => {
    expect(compare(WHAT, [], [])).toMatchObject({ met: false, valid: false });
  });

  it('of CPU time counts although the servers rest now and then, but not when operations failed', () => {
    const resting = (all: readonly Slice[], more: Partial<Slice> = {}) =>
      all.map(({ rate }) => aSlice({ rate, busy: 0.2, ...more }));
    const what = { ...WHAT, mayRest: true };
    expect(compare(what, resting(ours), resting(theirs))).toMatchObject({ ratio: 2, valid: true });
    expect(compare(what, resting(ours), resting(theirs, { failures: 1 }))).toMatchObject({ valid: false });
  });

  it('of figures alone is the same, with the reasons for which they do not count', () => {
    const what = { name: 'memory', goal: '<=2', contestant: 'the other', unit: 'bytes' };
    expect(compareFigures(what, [30, 40], [20, 20], [])).toEqual({
      ...{ ...what, ours: 35, against: 20, ratio: 1.75, met: true },
      ...{ spread: 0.25 / 1.75, rounds: 2, valid: true, remarks: [] },
    });
    const reasons = tooFew('ours', 2);
    expect(reasons).toEqual(['ours: 2 rounds, which are too few']);
    expect(tooFew('ours', 7)).toEqual([]);
    expect(compareFigures(what, [30], [20], reasons)).toMatchObject({ valid: false, remarks: reasons });
  });
});
