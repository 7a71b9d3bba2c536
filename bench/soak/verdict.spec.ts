import { complaints, growthOf, MOST_GROWTH, type Soaked } from './verdict.js';

const GOOD: Soaked = {
  ...{ acknowledged: 1_000, lost: 0, unacknowledged: 0, delivered: 500, missed: 0, disordered: 0, ended: [] },
  heldBytes: [1, 50, 50, 50, 50],
};

describe('the verdict on a soak', () => {
  it('is good when nothing was lost and memory stays', () => {
    expect(complaints(GOOD)).toEqual([]);
  });

  it.each<[string, Partial<Soaked>]>([
    ['nothing was acknowledged', { acknowledged: 0 }],
    ['nothing was delivered', { delivered: 0 }],
    ['2 samples were acknowledged and are not in the database', { lost: 2 }],
    ['3 acknowledged samples did not reach a viewer', { missed: 3 }],
    ['4 samples came twice or out of order', { disordered: 4 }],
    ['5 measurements were not acknowledged', { unacknowledged: 5 }],
    ['1 sockets ended (expired)', { ended: ['expired'] }],
    ['memory grew by 2.0 MiB a minute', { heldBytes: [0, 1, 2, 3, 4].map((minute) => 2 * minute * MOST_GROWTH) }],
  ])('is that %s', (complaint, more) => {
    expect(complaints({ ...GOOD, ...more })).toEqual([complaint]);
  });
});

describe('the growth of memory', () => {
  it('is that of the line that fits best, the first reading left out', () => {
    expect(growthOf([900, 10, 20, 30, 40])).toBeCloseTo(10);
    expect(growthOf([900, 10, 30, 10, 30])).toBeCloseTo(4);
    expect(growthOf([0, 7, 7, 7])).toBe(0);
  });

  it('is not to be told from few readings', () => {
    expect(growthOf([1, 2, 3])).toBeUndefined();
  });
});
