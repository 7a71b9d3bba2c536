import fc from 'fast-check';

import { median, quantile, spread } from './statistics.js';

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('the statistics of results', () => {
  it('find a quantile between two values by their distance', () => {
    expect(quantile([10, 20, 30, 40], 0)).toBe(10);
    expect(quantile([10, 20, 30, 40], 0.5)).toBe(25);
    expect(quantile([10, 20, 30, 40], 1)).toBe(40);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('take the median of an odd and of an even number of values, in whatever order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('tell the spread in parts of the median', () => {
    expect(spread([10, 10, 10])).toBe(0);
    expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.2);
  });

  it('keep the median between the least and the greatest value, and let one outlier of many move nothing', () => {
    fc.assert(
      fc.property(values, (some) => {
        expect(median(some)).toBeGreaterThanOrEqual(Math.min(...some));
        expect(median(some)).toBeLessThanOrEqual(Math.max(...some));
        expect(median([...some, ...some, ...some, 1e12])).toBeLessThanOrEqual(Math.max(...some));
      }),
    );
  });
});
