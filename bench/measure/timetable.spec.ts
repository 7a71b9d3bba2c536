import { timetable } from './timetable.js';

const plan = (more: { sliceMs?: number; contenders?: number; leftMs?: number } = {}) => {
  const { sliceMs, contenders = 2, leftMs = 100_000 } = more;
  return timetable({ rounds: 7, sliceMs, contenders, leftMs: () => leftMs });
};

describe('the timetable of a line', () => {
  it('has slices as long as wished when there is time for them', () => {
    expect(plan({ sliceMs: 1_000 })).toMatchObject({ rounds: 7, sliceMs: 1_000, warmUpMs: 3_000 });
    expect(plan()).toMatchObject({ sliceMs: 3_000 });
  });

  it('has shorter ones when there is not', () => {
    const { sliceMs, warmUpMs, rounds } = plan({ contenders: 8, leftMs: 40_000, sliceMs: 60_000 });
    expect(8 * (warmUpMs + rounds * sliceMs)).toBeCloseTo(40_000);
  });

  it('has none that are too short to say anything', () => {
    expect(plan({ leftMs: -5 })).toMatchObject({ sliceMs: 250 });
  });
});
