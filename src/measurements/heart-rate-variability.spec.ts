import fc from 'fast-check';

import {
  NO_VARIABILITY,
  readVariability,
  rmssd,
  sdnn,
  together,
  variabilityOf,
  writeVariability,
} from './heart-rate-variability.js';

const intervals = fc.array(fc.array(fc.double({ min: 200, max: 3000, noNaN: true }), { maxLength: 5 }), {
  maxLength: 9,
});
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the variability of a heart rate', () => {
  it('is that of the intervals and of the steps between them, across samples', () => {
    const variability = variabilityOf([[800, 810], [790], [], [805]]);
    expect(rmssd(variability)).toBeCloseTo(Math.sqrt((10 ** 2 + 20 ** 2 + 15 ** 2) / 3), 10);
    expect(sdnn(variability)).toBeCloseTo(Math.sqrt((1.25 ** 2 + 8.75 ** 2 + 11.25 ** 2 + 3.75 ** 2) / 3), 10);
    expect(variability.samples).toBe(4);
  });

  it.each([
    { what: 'nothing', samples: [], rmssd: undefined, sdnn: undefined },
    { what: 'one interval', samples: [[800]], rmssd: undefined, sdnn: undefined },
    { what: 'equal intervals', samples: [[833.0078125], [833.0078125, 833.0078125]], rmssd: 0, sdnn: 0 },
  ])('of $what is $rmssd and $sdnn', ({ samples, rmssd: steps, sdnn: spread }) => {
    const variability = variabilityOf(samples);
    expect([rmssd(variability), sdnn(variability)]).toEqual([steps, spread]);
  });

  it('is as the definitions have it, whatever the intervals', () => {
    fc.assert(
      fc.property(intervals, (samples) => {
        const all = samples.flat();
        fc.pre(all.length >= 2);
        const steps = all.slice(1).map((interval, index) => interval - (all[index] ?? NaN));
        const variance = (mean(all.map((interval) => (interval - mean(all)) ** 2)) * all.length) / (all.length - 1);
        expect(rmssd(variabilityOf(samples))).toBeCloseTo(Math.sqrt(mean(steps.map((step) => step ** 2))), 3);
        expect(sdnn(variabilityOf(samples))).toBeCloseTo(Math.sqrt(variance), 3);
      }),
    );
  });

  it('is read as it was written, whatever it is', () => {
    fc.assert(
      fc.property(intervals, (samples) => {
        expect(readVariability(writeVariability(variabilityOf(samples)))).toEqual(variabilityOf(samples));
      }),
    );
    expect(readVariability(null)).toBeUndefined();
  });

  it('of two sets knows no step from one to the other', () => {
    expect(rmssd(together(variabilityOf([[800, 810]]), variabilityOf([[500, 520]])))).toBe(Math.sqrt(250));
    expect(together(variabilityOf([[800]]), NO_VARIABILITY)).toEqual(variabilityOf([[800]]));
  });
});
