import fc from 'fast-check';
import { parseSpeed, planReplay } from './replay.js';
import type { RecordedSample } from './recordings/recorded-sample.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const THEN = Date.parse('2015-08-15T06:00:00Z');
const everySecond = (count: number): RecordedSample[] =>
  Array.from({ length: count }, (_, index) => ({ recordedAtMs: THEN + index * 1000, heartRate: 60 + (index % 100) }));

const recordings = fc.array(
  fc.record({ recordedAtMs: fc.integer({ min: THEN, max: THEN + 86_400_000 }), heartRate: fc.nat(255) }),
  { minLength: 1, maxLength: 50 },
);
const speeds = fc.oneof(fc.double({ min: 1, max: 10_000, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY));
const times = (samples: readonly RecordedSample[]): number[] => samples.map(({ recordedAtMs }) => recordedAtMs);
const latestOf = (samples: readonly RecordedSample[]): number => Math.max(...times(samples));

function forAnyReplay(
  law: (samples: RecordedSample[], speed: number, plan: ReturnType<typeof planReplay>) => void,
): void {
  fc.assert(
    fc.property(recordings, speeds, (samples, speed) => {
      law(samples, speed, planReplay(samples, { nowMs: NOW, speed }));
    }),
  );
}

describe('a replay', () => {
  it('sends every sample once, in the order of the recording, spaced as it was recorded', () => {
    forAnyReplay((samples, _speed, { steps }) => {
      const sent = steps.flatMap((step) => step.samples);
      expect(sent.map(({ heartRate }) => heartRate)).toEqual(samples.map(({ heartRate }) => heartRate));
      const shift = latestOf(sent) - latestOf(samples);
      expect(times(sent)).toEqual(times(samples).map((time) => time + shift));
    });
  });

  it('gives the latest sample the time at which the replay ends, and ends with a step', () => {
    forAnyReplay((_samples, _speed, { steps, endsAtMs }) => {
      expect(latestOf(steps.flatMap((step) => step.samples))).toBe(endsAtMs);
      expect(steps.at(-1)?.dueMs).toBe(endsAtMs);
    });
  });

  it('never sends a sample that is ahead of the clock', () => {
    forAnyReplay((_samples, _speed, { steps }) => {
      expect(steps.filter(({ dueMs, samples }) => latestOf(samples) > dueMs)).toEqual([]);
    });
  });

  it('takes the span of the recording divided by the speed, rounded up to a millisecond', () => {
    forAnyReplay((samples, speed, { endsAtMs }) => {
      expect(endsAtMs - NOW).toBe(Math.ceil((latestOf(samples) - Math.min(...times(samples))) / speed));
    });
  });

  it('sends steps one after the other, never two at the same time', () => {
    forAnyReplay((_samples, _speed, { steps }) => {
      const due = steps.map(({ dueMs }) => dueMs);
      expect(due).toEqual([...new Set(due)].sort((one, other) => one - other));
      expect(due[0]).toBeGreaterThanOrEqual(NOW);
    });
  });

  it('at the pace of the recording sends each second what was recorded in it', () => {
    const { steps } = planReplay(everySecond(60), { nowMs: NOW, speed: 1 });
    expect(steps.map(({ dueMs }) => dueMs)).toEqual(everySecond(60).map((_, index) => NOW + index * 1000));
  });

  it('at 60 times the pace sends a minute of the recording in a second', () => {
    const { steps, endsAtMs } = planReplay(everySecond(3601), { nowMs: NOW, speed: 60 });
    expect(endsAtMs).toBe(NOW + 60_000);
    const inFirstSecond = steps.filter(({ dueMs }) => dueMs < NOW + 1000);
    expect(inFirstSecond.flatMap(({ samples }) => samples)).toHaveLength(60);
  });

  it('puts what a high speed makes due at once into one step', () => {
    const { steps } = planReplay(everySecond(10_001), { nowMs: NOW, speed: 1_000_000 });
    expect(steps.map(({ samples }) => samples.length)).toEqual([1, ...Array<number>(10).fill(1000)]);
  });

  it('without a limit of speed is one step that is due now', () => {
    const plan = planReplay(everySecond(2808), { nowMs: NOW, speed: Number.POSITIVE_INFINITY });
    expect(plan.endsAtMs).toBe(NOW);
    expect(plan.steps.map(({ dueMs, samples }) => [dueMs, samples.length])).toEqual([[NOW, 2808]]);
  });

  it('keeps the times of the recording when asked to, at the same pace', () => {
    const samples = everySecond(60);
    const shifted = planReplay(samples, { nowMs: NOW, speed: 10 });
    const original = planReplay(samples, { nowMs: NOW, speed: 10, originalTimes: true });
    expect(original.steps.flatMap((step) => step.samples)).toEqual(samples);
    expect(original.steps.map(({ dueMs }) => dueMs)).toEqual(shifted.steps.map(({ dueMs }) => dueMs));
  });

  it('of nothing is over at once', () => {
    expect(planReplay([], { nowMs: NOW, speed: 1 })).toEqual({ endsAtMs: NOW, steps: [] });
  });

  it.each([0.5, 0, -1, Number.NaN])('is refused at speed %p, which would need samples from the future', (speed) => {
    expect(() => planReplay(everySecond(2), { nowMs: NOW, speed })).toThrow(RangeError);
  });
});

describe('the speed on the command line', () => {
  it.each([
    ['1', 1],
    ['60', 60],
    ['2.5', 2.5],
    ['max', Number.POSITIVE_INFINITY],
  ])('is read from %s', (text, speed) => {
    expect(parseSpeed(text)).toBe(speed);
  });

  it.each(['0', '0.5', '-60', '', 'fast', '60x', 'Infinity', '1e3'])('is refused when it reads "%s"', (text) => {
    expect(() => parseSpeed(text)).toThrow('The speed of a replay is a number from 1 on, or max.');
  });
});
