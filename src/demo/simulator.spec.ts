import fc from 'fast-check';
import { SimulatedHeart } from './simulator.js';

const HALF_AN_HOUR = 1800;
const everySecond = (seed: number, count = HALF_AN_HOUR): number[] => {
  const heart = new SimulatedHeart(seed);
  return Array.from({ length: count }, () => heart.next(1));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const forAnySeed = (law: (seed: number) => void): void => {
  fc.assert(fc.property(fc.integer(), law));
};

it('shows whole beats per minute that a living person can have', () => {
  forAnySeed((seed) => {
    const series = everySecond(seed);
    expect(series.every(Number.isInteger)).toBe(true);
    expect(Math.min(...series)).toBeGreaterThanOrEqual(40);
    expect(Math.max(...series)).toBeLessThanOrEqual(190);
  });
});

it('never jumps by more than 8 bpm from one second to the next', () => {
  forAnySeed((seed) => {
    const series = everySecond(seed);
    const jumps = series.slice(1).map((bpm, index) => Math.abs(bpm - (series[index] ?? Number.NaN)));
    expect(Math.max(...jumps)).toBeLessThanOrEqual(8);
  });
});

it('rests, exercises and recovers within half an hour', () => {
  forAnySeed((seed) => {
    const series = everySecond(seed);
    const exercise = series.findIndex((bpm) => bpm > 110);
    expect(exercise).toBeGreaterThan(60);
    expect(Math.min(...series.slice(0, exercise))).toBeLessThan(75);
    expect(Math.min(...series.slice(exercise))).toBeLessThan(85);
  });
});

it('begins at rest, with the mean of a resting person and variation from second to second', () => {
  forAnySeed((seed) => {
    const resting = everySecond(seed, 120);
    expect(mean(resting)).toBeGreaterThan(50);
    expect(mean(resting)).toBeLessThan(80);
    expect(new Set(resting).size).toBeGreaterThan(3);
  });
});

it('gives the same series for the same seed and another for another', () => {
  forAnySeed((seed) => {
    expect(everySecond(seed, 120)).toEqual(everySecond(seed, 120));
    expect(everySecond(seed, 120)).not.toEqual(everySecond(seed + 1, 120));
  });
});

it('shows the same at the same time, however the time was cut in steps', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 600 }), (seed, seconds) => {
      expect(new SimulatedHeart(seed).next(seconds)).toBe(everySecond(seed, seconds).at(-1));
    }),
  );
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to let %p seconds pass', (seconds) => {
  expect(() => new SimulatedHeart(1).next(seconds)).toThrow(RangeError);
});
