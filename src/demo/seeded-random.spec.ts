import fc from 'fast-check';
import { SeededRandom } from './seeded-random.js';

const series = (seed: number, draw: (random: SeededRandom) => number, count = 2000): number[] => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => draw(random));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

it('gives the same numbers for the same seed and others for another', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const draw = (random: SeededRandom): number => random.uniform();
      expect(series(seed, draw, 5)).toEqual(series(seed, draw, 5));
      expect(series(seed, draw, 5)).not.toEqual(series(seed + 1, draw, 5));
    }),
  );
});

it('keeps every draw between the bounds and spreads them evenly', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const values = series(seed, (random) => random.between(10, 20));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(10);
      expect(Math.max(...values)).toBeLessThan(20);
      expect(mean(values)).toBeGreaterThan(14.5);
      expect(mean(values)).toBeLessThan(15.5);
    }),
  );
});

it('draws normal numbers with mean 0 and deviation 1', () => {
  const values = series(7, (random) => random.normal(), 20_000);
  expect(mean(values)).toBeCloseTo(0, 1);
  expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
});
