import fc from 'fast-check';

import { backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it('doubles from about a second to about half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 50, 2000].map((failures) => backoffMs(failures, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('spreads attempts over the second half of their time, whatever chance says (law)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
        const longest = backoffMs(failures, 1);
        expect(backoffMs(failures, chance)).toBeGreaterThanOrEqual(longest / 2);
        expect(backoffMs(failures, chance)).toBeLessThanOrEqual(longest);
      }),
    );
  });
});
